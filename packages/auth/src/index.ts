/** Table of contents. */
export * from "./store.ts"
