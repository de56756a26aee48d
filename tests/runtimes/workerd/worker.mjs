// @ts-check
// The worker: cases come in, answers go out.
import { answerTo } from "./answers.mjs"

export default {
  /** @param {Request} request */
  async fetch(request) {
    const answers = []
    for (const one of /** @type {import("./answers.mjs").Case[]} */ (await request.json()))
      answers.push(await answerTo(one))
    return Response.json(answers)
  },
}
