/** The text of the program that runs. */

/** As it stands in the document; in the worker, which is made of it, there is none. */
export const program: string = globalThis.document?.currentScript?.textContent ?? ""
