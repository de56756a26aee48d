/** The runtime's cryptography: the manifest's `#engine` says with which file. The only place that names it. */
import { engine as platformEngine } from "#engine"
import type { Engine } from "./engine.ts"

/** The engine. */
export let engine: Engine = platformEngine
let covered = false

/** Lays an engine over the one there is: it answers what the other cannot, and hands on the rest. */
export function layOver(make: (below: Engine) => Engine): void {
  engine = make(engine)
  covered = true
}

/** Whether there is more than the platform. */
export function isCovered(): boolean {
  return covered
}
