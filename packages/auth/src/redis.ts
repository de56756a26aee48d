/** The store for many machines: Redis or Valkey, alone or as a cluster. */
export * from "./stores/redis.ts"
