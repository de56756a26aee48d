/** The place in the token that the user points at. */

import { type Signal, signal } from "@preact/signals"

/** A JSON Pointer (RFC 6901) into the reading, such as `/payload/iss`; undefined where nothing is pointed at. */
export const pointed: Signal<string | undefined> = signal(undefined)

/** Points at nothing, unless something else was pointed at since: a mouse that rests must not take away what the keyboard points at. */
export function pointAway(path: string | undefined): void {
  if (pointed.peek() === path) pointed.value = undefined
}
