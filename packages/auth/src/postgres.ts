/** The store for many machines that is as durable as the rest of the data: PostgreSQL. */
export * from "./stores/postgres.ts"
