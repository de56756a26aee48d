// @ts-check
// Interop with other implementations, each the newest of its index: what one makes the other reads, both ways. A peer whose
// toolchain is missing is skipped by name, which is a failure on CI. Ends with `interop: N passed, N failed`.
import { exchangeEncrypted } from "./interop/encryption.mjs"
import { exchangeWithJot } from "./interop/jot.mjs"
import { exchangeKeys } from "./interop/keys.mjs"
import { Peer } from "./interop/peer.mjs"
import { PEERS } from "./interop/peers.mjs"
import { exchangeSigned } from "./interop/signatures.mjs"
import { Tally } from "./interop/tally.mjs"
import { onCi } from "./shell.mjs"

process.removeAllListeners("warning")
const [only] = process.argv.slice(2)
const asked = PEERS.filter(({ name }) => only === undefined || name === only).filter(isReady)
// Each answers while we compute for another.
const tallies = await Promise.all(asked.map(exchangeWith))
for (const { name, passed, failed } of tallies) console.log(`${name}: ${passed} passed, ${failed} failed`)
const passed = tallies.reduce((sum, one) => sum + one.passed, 0)
const failed = tallies.reduce((sum, one) => sum + one.failed, 0)
console.log(`interop: ${passed} passed, ${failed} failed`)
if (failed > 0 || passed === 0) process.exitCode = 1

/** @param {import("./interop/peers.mjs").PeerKind} kind */
function isReady({ name, prepare }) {
  const problem = prepare()
  if (problem === undefined) return true
  console.log(`skipped: ${name} interop: ${problem}`)
  if (onCi) process.exitCode = 1
  return false
}

/** @param {import("./interop/peers.mjs").PeerKind} kind */
async function exchangeWith({ name, command, covers, jot, exchange }) {
  const peer = new Peer(command())
  const { value: version } = await peer.ask("about")
  const tally = new Tally(`${name} ${version}`)
  await exchange?.(peer, tally)
  if (covers !== undefined) {
    await exchangeKeys(peer, tally, covers)
    await exchangeSigned(peer, tally, covers)
    await exchangeEncrypted(peer, tally, covers)
  }
  if (jot !== undefined) await exchangeWithJot(peer, tally, jot)
  peer.end()
  return tally
}
