// @ts-check
// PyJWT for comparison, where a Python with it is at hand: the interop suite makes one.
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { table } from "./measure.mjs"
import { hs256Tokens, SECRET } from "./tokens.mjs"

const PROGRAM = `
import sys, time, json
try:
    import jwt
except ImportError:
    print("null"); sys.exit()
token, secret, count = json.loads(sys.stdin.read())
claims = jwt.decode(token, secret, algorithms=["HS256"], audience="api")
def least(call):
    best = None
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(count): call()
        taken = (time.perf_counter() - start) / count * 1e6
        best = taken if best is None else min(best, taken)
    return best
print(json.dumps({"version": jwt.__version__,
  "sign": least(lambda: jwt.encode(claims, secret, algorithm="HS256")),
  "verify": least(lambda: jwt.decode(token, secret, algorithms=["HS256"], audience="api"))}))
`

/** @param {number} count */
export function pyjwt(count) {
  const environment = fileURLToPath(new URL("../tests/interop/.peers/python/bin/python", import.meta.url))
  const python = existsSync(environment) ? environment : "python3"
  const { stdout } = spawnSync(python, ["-c", PROGRAM], {
    input: JSON.stringify([hs256Tokens[0], SECRET, Math.ceil(count / 5)]),
    encoding: "utf8",
  })
  const found = stdout ? JSON.parse(stdout) : null
  if (found === null) return "\nPyJWT: skipped, no Python with it (npm run interop makes one)\n"
  return `${table(
    `PyJWT ${found.version}, HS256`,
    ["", "least µs"],
    [
      ["sign", found.sign.toFixed(1)],
      ["verify", found.verify.toFixed(1)],
    ],
  )}\n`
}
