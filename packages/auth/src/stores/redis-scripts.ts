import { createHash } from "node:crypto"
import { MAX_SUCCESSORS } from "./rotation.ts"

/** A step that runs on the server, at once and alone. */
export interface RedisScript {
  readonly text: string
  readonly sha: string
}

/** How much longer than asked keys are kept: clocks of machines differ. */
const SLACK_SECONDS = 60

/** How much longer what nobody told the time of is kept: the clock that `expiresAt` is measured by may be far from the server's. */
const WIDE_SLACK_SECONDS = 3600

function script(text: string): RedisScript {
  return { text, sha: createHash("sha1").update(text).digest("hex") }
}

/** Shows that there is a server. */
export const NOTHING: RedisScript = script("return 1")

// A family is two keys of one slot. KEYS[1] is a hash: the session, and n:<token> with the number of its successors. KEYS[2] is a sorted
// set of its refresh tokens by the time of their rotation, -1 while they are active.

/** Arguments: the members of the session, the first token. Answers 0 when the id is taken. */
export const CREATE: RedisScript = script(`
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local subject, authenticated, created, used, expires, data, token = unpack(ARGV)
redis.call('HSET', KEYS[1], 'standing', 'living', 'subject', subject, 'authenticated', authenticated, 'created', created,
  'used', used, 'expires', expires, 'data', data)
redis.call('ZADD', KEYS[2], -1, token)
local ttl = math.max(expires - used, 0) + ${SLACK_SECONDS}
redis.call('EXPIRE', KEYS[1], ttl)
redis.call('EXPIRE', KEYS[2], ttl)
return 1`)

const SESSION = "'subject', 'authenticated', 'created', 'used', 'expires', 'data'"

/** The rules of \`judgeRotation\`. Arguments: the token, now, grace, idle or nothing. */
const JUDGE = `
local token, now, grace, idle = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local session = redis.call('HMGET', KEYS[1], ${SESSION})
local rotated = tonumber(redis.call('ZSCORE', KEYS[2], token) or nil)

local function is_reuse()
  if not rotated then return true end
  if rotated < 0 then return false end
  local successors = tonumber(redis.call('HGET', KEYS[1], 'n:' .. token))
  return grace == 0 or now - rotated > grace or successors >= ${MAX_SUCCESSORS}
end

local function judge()
  local standing = redis.call('HGET', KEYS[1], 'standing')
  if not standing or standing == 'revoked' or now >= tonumber(session[5]) then return 'ended' end
  if standing == 'reused' then return is_reuse() and 'reused' or 'ended' end
  if idle and now - tonumber(session[4]) > idle then return 'ended' end
  return is_reuse() and 'reused' or 'rotated'
end`

/** Arguments: those of the rules. Answers 1 when \`ROTATE\` would rotate. */
export const CAN_ROTATE: RedisScript = script(`${JUDGE}
return judge() == 'rotated' and 1 or 0`)

/**
 * Tells the other instances. Where the client may not publish, the revocation is worth more than the news of it.
 * Takes the positions of the channel and of the message in the arguments.
 */
const publish = (channel: number, message: number) => `redis.pcall('PUBLISH', ARGV[${channel}], ARGV[${message}])`

/** Arguments: those of the rules, the successor, the channel, the message. Answers the outcome, and the session's members where it lives on. */
export const ROTATE: RedisScript = script(`${JUDGE}
local successor, outcome = ARGV[5], judge()
if outcome == 'reused' then
  redis.call('HSET', KEYS[1], 'standing', 'reused')
  ${publish(6, 7)}
end
if outcome ~= 'rotated' then return {outcome} end

if rotated < 0 then redis.call('ZADD', KEYS[2], now, token) end
redis.call('HINCRBY', KEYS[1], 'n:' .. token, 1)
redis.call('ZADD', KEYS[2], 'NX', -1, successor)
redis.call('HSET', KEYS[1], 'used', now)
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], 0, now - grace - 1)) do
  redis.call('ZREM', KEYS[2], old)
  redis.call('HDEL', KEYS[1], 'n:' .. old)
end
session[4] = ARGV[2]
return {'rotated', unpack(session)}`)

/** Arguments: now. Answers the living session's members, or nothing. */
export const FIND: RedisScript = script(`
if redis.call('HGET', KEYS[1], 'standing') ~= 'living' then return false end
local session = redis.call('HMGET', KEYS[1], ${SESSION})
return tonumber(ARGV[1]) < tonumber(session[5]) and session`)

/** Arguments: now, the channel, the message. Answers the subject of the session that this ended, or nothing. */
export const REVOKE: RedisScript = script(`
local session = redis.call('HMGET', KEYS[1], 'standing', 'expires', 'subject')
if session[1] ~= 'living' or tonumber(ARGV[1]) >= tonumber(session[2]) then return false end
redis.call('HSET', KEYS[1], 'standing', 'revoked')
${publish(2, 3)}
return session[3]`)

/** Arguments: now. Answers 1 unless the session lives. */
export const IS_OVER: RedisScript = script(`
local session = redis.call('HMGET', KEYS[1], 'standing', 'expires')
if session[1] == 'living' and tonumber(ARGV[1]) < tonumber(session[2]) then return 0 end
return 1`)

// The sessions of a subject: KEYS[1] is a sorted set of their ids by their ends. It may name some that are revoked.

/** Drops what is over by the caller's clock and by the server's: one that is ahead hides nothing. Arguments: the session, its end, now. */
export const INDEX: RedisScript = script(`
local session, expires, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local earlier = math.min(now, tonumber(redis.call('TIME')[1]))
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', earlier - ${SLACK_SECONDS})
redis.call('ZADD', KEYS[1], expires, session)
local ttl = math.max(expires - now, 0) + ${SLACK_SECONDS}
if redis.call('TTL', KEYS[1]) < ttl then redis.call('EXPIRE', KEYS[1], ttl) end
return 1`)

/** Answers the ids. */
export const INDEXED: RedisScript = script(`return redis.call('ZRANGE', KEYS[1], 0, -1)`)

/** Arguments: the session. */
export const UNINDEX: RedisScript = script(`return redis.call('ZREM', KEYS[1], ARGV[1])`)

// Single keys.

/** Keeps the later time. Arguments: now, the channel, the message. */
export const MARK_SUBJECT: RedisScript = script(`
local marked = tonumber(redis.call('GET', KEYS[1]) or nil)
if not marked or marked < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1]) end
${publish(2, 3)}
return 1`)

/** Arguments: when the token was issued. Answers 1 when the subject was revoked then or later. */
export const IS_MARKED: RedisScript = script(`
local marked = tonumber(redis.call('GET', KEYS[1]) or nil)
return marked and marked >= tonumber(ARGV[1]) and 1 or 0`)

/** Keeps the later end. Arguments: when the token is over, the channel, the message. */
export const REVOKE_TOKEN: RedisScript = script(`
local now = tonumber(redis.call('TIME')[1])
local ttl = math.max(ARGV[1] - now, 0) + ${WIDE_SLACK_SECONDS}
if redis.call('TTL', KEYS[1]) < ttl then redis.call('SET', KEYS[1], '', 'EX', ttl) end
${publish(2, 3)}
return 1`)

/** Answers 1 when there is such a key. */
export const EXISTS: RedisScript = script(`return redis.call('EXISTS', KEYS[1])`)

/** Arguments: when it is forgotten, now. Answers 0 when it was used before. */
export const USE_ONCE: RedisScript = script(`
local expires, now = tonumber(ARGV[1]), tonumber(ARGV[2])
local used = tonumber(redis.call('GET', KEYS[1]) or nil)
if used and used > now then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', math.max(expires - now, 0) + ${SLACK_SECONDS})
return 1`)

/** Answers the text and its version, or nothing. */
export const READ_DOCUMENT: RedisScript = script(`
local document = redis.call('HMGET', KEYS[1], 'text', 'version')
return document[1] and document`)

/** Arguments: the text, the version that it replaces. Answers 0 when there is another one. */
export const WRITE_DOCUMENT: RedisScript = script(`
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or 0)
if version ~= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'text', ARGV[1], 'version', version + 1)
return 1`)
