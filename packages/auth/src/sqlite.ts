/** The store for one machine: a file, shared by as many processes as one likes. */
export * from "./stores/sqlite.ts"
