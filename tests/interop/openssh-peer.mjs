// @ts-check
// The command `ssh-keygen` at the other end of a pipe.
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { file, freePath, run, serve } from "./commands.mjs"

await serve({
  about: () => /OpenSSH_\S+/.exec(String(spawnSync("ssh", ["-V"]).stderr))?.[0] ?? "",
  make: ({ type, bits }) => {
    const path = freePath()
    run("ssh-keygen", ["-q", "-t", type, ...(bits === undefined ? [] : ["-b", String(bits)]), "-N", "", "-f", path])
    return { secret: readFileSync(path, "utf8"), open: readFileSync(`${path}.pub`, "utf8") }
  },
  /** The line of the public half of a private key that another program wrote. */
  open: ({ secret }) => run("ssh-keygen", ["-y", "-f", file(secret)]).toString(),
  fingerprint: ({ open }) =>
    run("ssh-keygen", ["-l", "-f", file(open)])
      .toString()
      .split(" ")[1],
})
