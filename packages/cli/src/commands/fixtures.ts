/** Tokens to try a verifier with: good ones and bad ones, each with the expected answer. */

import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { type Fixture, makeFixtures, textOf as wordsFor } from "@jotkit/inspect"
import { en } from "@jotkit/inspect/en"
import { Failure } from "../frame/failure.ts"
import type { Command, Session } from "../frame/session.ts"
import { writeNew } from "../frame/streams.ts"
import { policyOf } from "../input/policy.ts"
import { signingKeyOf } from "../input/signing-key.ts"

/** `jot fixtures`. */
export const command: Command = async (session) => {
  const policy = await policyOf(session, session.options.list("alg"))
  const { jwk, algorithm } = await signingKeyOf(session, policy.algorithms?.slice(0, 1))
  session.progress(session.say("progress_fixtures"))
  const made = await makeFixtures({ key: jwk, algorithm, policy, now: session.now })
  const fixtures = made.map((fixture) => ({ ...fixture, reason: wordsFor(en, "fixture", fixture.name) }))
  const folder = session.options.text("out")
  if (folder !== undefined) await writeAll(folder, made, session)
  const text = folder === undefined ? made.map(lineOf).join("") : ""
  return {
    code: "ok",
    members: { fixtures },
    text,
    isPlaced: folder !== undefined,
    notes: [{ level: "info", text: session.say("fixtures_made", String(made.length)) }],
  }
}

function lineOf({ expect, code, name, token }: Fixture): string {
  return `${[expect, code, name, JSON.stringify(token)].join("\t")}\n`
}

/** A file for each token, named after it. */
async function writeAll(folder: string, fixtures: readonly Fixture[], { options }: Session): Promise<void> {
  makeFolder(folder)
  const manner = { isSecret: false, force: options.has("force") }
  for (const { name, token } of fixtures) await writeNew(join(folder, `${name}.jwt`), token, manner)
  const list = fixtures.map(({ name, expect, code }) => ({ file: `${name}.jwt`, expect, code }))
  await writeNew(join(folder, "fixtures.json"), `${JSON.stringify(list, undefined, 2)}\n`, manner)
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new Failure("io", "unwritable", folder, (error as NodeJS.ErrnoException).code ?? "")
  }
}
