/** Only in the page for servers: asks the browser to keep it for when there is no network. */

/** What there is of Trusted Types where they are enforced. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(): string },
  ): { createScriptURL(url: string): string & { readonly trusted?: never } }
}

const FILE = "service-worker.js"
const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
// The policy of the document allows one name, and the rule under it gives one address, whatever it is asked for.
const address =
  trustedTypes === undefined
    ? FILE
    : trustedTypes.createPolicy("service-worker", { createScriptURL: () => FILE }).createScriptURL("")

// Where a browser keeps nothing, as in private windows, or in a frame that may not, the page works all the same.
async function keep(): Promise<void> {
  try {
    await navigator.serviceWorker.register(address, { scope: "./" })
  } catch {
    // Then it is fetched each time.
  }
}

void keep()
