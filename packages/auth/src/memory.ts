/** The store for development and tests. */
export * from "./stores/memory.ts"
