import type { Subscribe, Subscription } from "./watching.ts"

/** What of a plain client of `redis` is used to subscribe. */
interface NodeRedisSubscriber {
  duplicate(): NodeRedisSubscriber
  connect(): Promise<unknown>
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>
  on(event: string, listener: () => void): unknown
  destroy(): unknown
}

interface NodeRedisCluster {
  getRandomNode(): unknown
  nodeClient(node: unknown): Promise<NodeRedisSubscriber>
}

/** What of a plain client of `ioredis` or `iovalkey` is used to subscribe. */
interface IoRedisSubscriber {
  duplicate(options: object): IoRedisSubscriber
  connect(): Promise<unknown>
  subscribe(channel: string): Promise<unknown>
  on(event: string, listener: (channel: string, message: string) => void): unknown
  disconnect(): unknown
}

interface IoRedisCluster {
  nodes(): IoRedisSubscriber[]
}

/**
 * How to subscribe with a connection like the client's; undefined where the client does not say how. To a cluster it goes by one node,
 * whichever: what is published at one is told at all. A connection is given up when it breaks, so that none comes back unnoticed.
 */
export function subscribeOf(client: object, channel: string): Subscribe | undefined {
  // What the methods are for is told by their names.
  if (has(client, "evalsha", "nodes"))
    return (told) => subscribeByIoRedis(anyOf((client as unknown as IoRedisCluster).nodes()), channel, told)
  if (has(client, "evalsha", "duplicate"))
    return (told) => subscribeByIoRedis(client as unknown as IoRedisSubscriber, channel, told)
  if (has(client, "evalSha", "nodeClient", "getRandomNode")) {
    const cluster = client as unknown as NodeRedisCluster
    return async (told) => subscribeByNodeRedis(await cluster.nodeClient(cluster.getRandomNode()), channel, told)
  }
  // A sentinel does not tell when the connection of a subscriber breaks.
  if (has(client, "evalSha", "duplicate", "subscribe") && !has(client, "getSentinelNode"))
    return (told) => subscribeByNodeRedis(client as unknown as NodeRedisSubscriber, channel, told)
  return undefined
}

function has(client: object, ...methods: string[]): boolean {
  return methods.every((method) => typeof (client as Readonly<Record<string, unknown>>)[method] === "function")
}

function anyOf<T>(nodes: readonly T[]): T {
  const node = nodes[Math.floor(Math.random() * nodes.length)]
  if (node === undefined) throw new Error("the cluster has no nodes now")
  return node
}

async function subscribeByIoRedis(
  client: IoRedisSubscriber,
  channel: string,
  told: (message: string) => void,
): Promise<Subscription> {
  const subscriber = client.duplicate({ lazyConnect: true, retryStrategy: () => null, autoResubscribe: false })
  const end = () => subscriber.disconnect()
  const lost = untilOneOf(subscriber, ["close", "end"])
  subscriber.on("error", () => {})
  subscriber.on("message", (_, message) => told(message))
  return unlessLost(
    lost,
    async () => {
      await subscriber.connect()
      await subscriber.subscribe(channel)
    },
    end,
  )
}

async function subscribeByNodeRedis(
  client: NodeRedisSubscriber,
  channel: string,
  told: (message: string) => void,
): Promise<Subscription> {
  const subscriber = client.duplicate()
  const end = () => subscriber.destroy()
  const lost = untilOneOf(subscriber, ["error", "reconnecting", "end"])
  return unlessLost(
    lost,
    async () => {
      await subscriber.connect()
      await subscriber.subscribe(channel, told)
    },
    end,
  )
}

function untilOneOf(
  subscriber: { on(event: string, listener: () => void): unknown },
  events: readonly string[],
): Promise<void> {
  return new Promise((resolve) => {
    for (const event of events) subscriber.on(event, () => resolve())
  })
}

async function unlessLost(lost: Promise<void>, open: () => Promise<void>, end: () => unknown): Promise<Subscription> {
  let isLost = false
  const broken = lost.then(() => {
    isLost = true
  })
  const opening = open()
  opening.catch(() => {})
  try {
    await Promise.race([opening, broken])
    if (isLost) throw new Error("the connection broke")
  } catch (error) {
    try {
      end()
    } catch {
      // It has ended already.
    }
    throw error
  }
  return { lost, end }
}
