/** The place in the token that the user points at. */

import { type Signal, signal } from "@preact/signals"

/** A JSON Pointer (RFC 6901) into the reading, such as `/payload/iss`; undefined where nothing is pointed at. */
export const pointed: Signal<string | undefined> = signal(undefined)
