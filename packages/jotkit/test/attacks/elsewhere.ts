/** Entries of the attack catalogue that no test in this folder names, each with the reason. */
export interface Elsewhere {
  readonly entry: string
  readonly reason: string
}

export const ELSEWHERE: readonly Elsewhere[] = [
  { entry: "I9", reason: "there are no address templates: a JwksClient has one address, given by the caller" },
  { entry: "I10", reason: "several issuers with keys of their own: the web kit" },
  { entry: "I12", reason: "DPoP: the web kit" },
  { entry: "S12", reason: "no ROCA check, as the contract says; the documentation names the omission" },
  { entry: "R6", reason: "revocation is checked after the cache: the web kit" },
  { entry: "R7", reason: "what leaves the main thread is measured by the benchmark, not by a test" },
  { entry: "R8", reason: "memory after many refusals is measured by a script, not by a test" },
  {
    entry: "U6",
    reason:
      "answered differently: built-in functions are called where they are; whoever can replace JSON.parse can replace decode, too",
  },
  { entry: "U10", reason: "the archive's contents: the package checks of the release" },
  { entry: "U11", reason: "the same answers on each runtime: the script that runs the tests on them" },
]
