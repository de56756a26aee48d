import { UsageError } from "jotkit/errors"
import type {
  NewSession,
  Presented,
  PresentedRefresh,
  Rotation,
  RotationResult,
  Session,
  SharedDocument,
  Store,
  Watcher,
} from "../store.ts"
import { fromColumn, toColumn } from "./columns.ts"
import { Reachability } from "./reachability.ts"
import type { RedisScript } from "./redis-scripts.ts"
import * as scripts from "./redis-scripts.ts"
import { subscribeOf } from "./redis-subscriber.ts"
import { byAge, idTaken } from "./sessions.ts"
import { messageOf, RevocationChannel, type Subscribe } from "./watching.ts"

/** What of the package `redis` is used: of a client, a pool, a sentinel or a cluster. */
export interface NodeRedisClient {
  evalSha(sha: string, call: { keys: string[]; arguments: string[] }): Promise<unknown>
  eval(script: string, call: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** What of the packages `ioredis` and `iovalkey` is used: of a client or a cluster. */
export interface IoRedisClient {
  evalsha(sha: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
}

/** How the keys are named. */
export interface RedisStoreOptions {
  /** What all keys begin with; `jotkit:` unless told otherwise. Without braces, which tell a cluster where a key belongs. */
  readonly prefix?: string | undefined
}

/**
 * A store in Redis 6.2 or later, or Valkey, for any number of machines. Takes a client that is connected already, of the package `redis`,
 * `ioredis` or `iovalkey`, also of a cluster. Steps are scripts on the server. What is over goes away by itself; the subjects that were
 * revoked stay, one small key each.
 *
 * The server must not evict keys (`maxmemory-policy noeviction`): what was revoked would be good again. A master answers before its
 * replicas know: one that dies takes with it what no replica had yet, and that may be a revocation or a rotation that was answered.
 *
 * Revocations are published on the channel `revoked` with the prefix, and watched by a connection that is duplicated from the client,
 * only when it is asked for, and ended by `close`. A user of the server who may not use the channel revokes all the same; the other
 * instances do not hear of it. Ending all sessions of a subject is a step for each of them, as they may be on different machines: when it is
 * rejected some may have ended, and doing it again ends the rest.
 *
 * @throws UsageError `argument_invalid`: the client has no known methods; `option_invalid`: the prefix is no text or has braces.
 */
export function redisStore(client: NodeRedisClient | IoRedisClient, options: RedisStoreOptions = {}): Store {
  const { prefix = "jotkit:" } = options
  if (typeof prefix !== "string" || /[{}]/.test(prefix)) {
    throw new UsageError("option_invalid", "the prefix must be a text without braces")
  }
  return new RedisStore(runnerOf(client), prefix, subscribeOf(client, channelOf(prefix)))
}

type Evaluate = (how: "text" | "sha", script: RedisScript, keys: string[], values: string[]) => Promise<unknown>

/** The client's manner of speaking, told by its methods. */
function runnerOf(client: NodeRedisClient | IoRedisClient): Evaluate {
  if ("evalSha" in client && typeof client.evalSha === "function") {
    return (how, script, keys, values) => {
      const call = { keys, arguments: values }
      return how === "sha" ? client.evalSha(script.sha, call) : client.eval(script.text, call)
    }
  }
  if ("evalsha" in client && typeof client.evalsha === "function") {
    return (how, script, keys, values) =>
      how === "sha"
        ? client.evalsha(script.sha, keys.length, ...keys, ...values)
        : client.eval(script.text, keys.length, ...keys, ...values)
  }
  throw new UsageError("argument_invalid", "the client must be one of redis, ioredis or iovalkey")
}

function channelOf(prefix: string): string {
  return `${prefix}revoked`
}

class RedisStore implements Store {
  readonly kind = "redis"
  readonly #evaluate: Evaluate
  readonly #prefix: string
  readonly #reachability: Reachability
  readonly #channel: RevocationChannel | undefined
  readonly watch?: (watcher: Watcher) => void

  constructor(evaluate: Evaluate, prefix: string, subscribe: Subscribe | undefined) {
    this.#evaluate = evaluate
    this.#prefix = prefix
    this.#reachability = new Reachability(() => evaluate("text", scripts.NOTHING, [], []))
    if (subscribe === undefined) return
    const channel = new RevocationChannel(subscribe)
    this.#channel = channel
    this.watch = (watcher) => channel.watch(watcher)
  }

  async createSession(created: NewSession): Promise<void> {
    const { authenticatedAt, createdAt, lastUsedAt, expiresAt } = created
    const [subject, data, token] = [created.subject, created.data, created.refreshId].map(toColumn)
    const members = [subject, authenticatedAt, createdAt, lastUsedAt, expiresAt, data, token]
    if ((await this.#run(scripts.CREATE, this.#family(created.id), members)) === 0) throw idTaken()
    // In this order, what is revoked meanwhile is either found there, or begins afterwards.
    const entry = [toColumn(created.id), expiresAt, lastUsedAt]
    await this.#run(scripts.INDEX, [this.#sessionsOf(created.subject)], entry)
  }

  async rotate(rotation: Rotation): Promise<RotationResult> {
    const { sessionId, successorId } = rotation
    const values = [...asked(rotation), toColumn(successorId), ...this.#news("s", sessionId)]
    // The script answers with the outcome, and the session's members where there is one to tell of.
    const answer = (await this.#run(scripts.ROTATE, this.#family(sessionId), values)) as [RotationResult["outcome"]]
    const [outcome, ...members] = answer
    return outcome === "rotated" ? { outcome, session: sessionOf(sessionId, members) } : { outcome }
  }

  async canRotate(presented: PresentedRefresh): Promise<boolean> {
    return (await this.#run(scripts.CAN_ROTATE, this.#family(presented.sessionId), asked(presented))) === 1
  }

  async findSession(id: string, now: number): Promise<Session | undefined> {
    const members = await this.#run(scripts.FIND, this.#family(id), [now])
    return isList(members) ? sessionOf(id, members) : undefined
  }

  async listSessions(subject: string, now: number): Promise<readonly Session[]> {
    const ids = await this.#indexed(subject)
    const sessions = await Promise.all(ids.map((id) => this.findSession(id, now)))
    return sessions.filter((session) => session !== undefined).sort(byAge)
  }

  async revokeSession(id: string, now: number): Promise<boolean> {
    const subject = await this.#run(scripts.REVOKE, this.#family(id), [now, ...this.#news("s", id)])
    if (typeof subject !== "string") return false
    await this.#unindex(fromColumn(subject), id)
    return true
  }

  async revokeSubject(subject: string, now: number): Promise<number> {
    await this.#run(scripts.MARK_SUBJECT, [this.#key("u", subject)], [now, ...this.#news("u", subject)])
    const ids = await this.#indexed(subject)
    const ended = await Promise.all(ids.map((id) => this.revokeSession(id, now)))
    return ended.filter(Boolean).length
  }

  async revokeToken(tokenId: string, expiresAt: number): Promise<void> {
    await this.#run(scripts.REVOKE_TOKEN, [this.#key("t", tokenId)], [expiresAt, ...this.#news("t", tokenId)])
  }

  async isRevoked({ tokenId, sessionId, subject, issuedAt, now }: Presented): Promise<boolean> {
    const answers = await Promise.all([
      tokenId === undefined ? 0 : this.#run(scripts.EXISTS, [this.#key("t", tokenId)]),
      sessionId === undefined
        ? this.#run(scripts.IS_MARKED, [this.#key("u", subject)], [issuedAt])
        : this.#run(scripts.IS_OVER, this.#family(sessionId), [now]),
    ])
    return answers.some((answer) => answer !== 0)
  }

  async useOnce(key: string, expiresAt: number, now: number): Promise<boolean> {
    return (await this.#run(scripts.USE_ONCE, [this.#key("o", key)], [expiresAt, now])) === 1
  }

  async readDocument(name: string): Promise<SharedDocument | undefined> {
    const document = await this.#run(scripts.READ_DOCUMENT, [this.#key("d", name)])
    if (!isList(document)) return undefined
    const [text = "", version] = document
    return { text: fromColumn(text), version: Number(version) }
  }

  async writeDocument(name: string, text: string, version: number): Promise<boolean> {
    return (await this.#run(scripts.WRITE_DOCUMENT, [this.#key("d", name)], [toColumn(text), version])) === 1
  }

  /** The server forgets by itself. */
  async sweep(): Promise<number> {
    return 0
  }

  async ping(): Promise<void> {
    await this.#run(scripts.EXISTS, [this.#key("d", "")])
  }

  async close(): Promise<void> {
    await this.#channel?.close()
  }

  async #run(script: RedisScript, keys: string[], values: readonly (string | number | undefined)[] = []) {
    return this.#reachability.run(async () => {
      const texts = values.map(String)
      try {
        return await this.#evaluate("sha", script, keys, texts)
      } catch (error) {
        // The server does not know the script: it is new, or was started anew.
        if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error
        return await this.#evaluate("text", script, keys, texts)
      }
    })
  }

  /** What a script tells, and where. */
  #news(...revoked: Parameters<typeof messageOf>): string[] {
    return [channelOf(this.#prefix), messageOf(...revoked)]
  }

  /** The braces decide the slot. What is in them begins with a letter, so that it is never empty. */
  #key(kind: string, name: string): string {
    return `${this.#prefix}{${kind}:${toColumn(name)}}`
  }

  #family(id: string): string[] {
    const session = this.#key("s", id)
    return [session, `${session}:tokens`]
  }

  #sessionsOf(subject: string): string {
    return `${this.#key("u", subject)}:sessions`
  }

  async #indexed(subject: string): Promise<string[]> {
    const ids = await this.#run(scripts.INDEXED, [this.#sessionsOf(subject)])
    return isList(ids) ? ids.map(fromColumn) : []
  }

  async #unindex(subject: string, id: string): Promise<void> {
    await this.#run(scripts.UNINDEX, [this.#sessionsOf(subject)], [toColumn(id)])
  }
}

/** What a rotation is judged by, as the scripts take it. */
function asked({ presentedId, now, graceSeconds, idleSeconds }: PresentedRefresh) {
  return [toColumn(presentedId), now, graceSeconds, idleSeconds ?? ""]
}

function isList(answer: unknown): answer is string[] {
  return Array.isArray(answer)
}

function sessionOf(id: string, members: readonly string[]): Session {
  const [subject = "", authenticated, created, used, expires, data = ""] = members
  return {
    id,
    subject: fromColumn(subject),
    authenticatedAt: Number(authenticated),
    createdAt: Number(created),
    lastUsedAt: Number(used),
    expiresAt: Number(expires),
    data: fromColumn(data),
  }
}
