/** Which port to listen on. */

import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"

/**
 * `--port`; 0, unless it is said, for any that is free.
 *
 * @throws Failure `usage` for what is no port.
 */
export function portOf({ options }: Session): number {
  const text = options.text("port") ?? "0"
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new Failure("usage", "port_invalid")
  return port
}
