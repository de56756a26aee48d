/** The second argument of `fetch`, with its method and headers settled. */
export type ResourceInit = RequestInit & { readonly method: string; readonly headers: Headers }

/** A request, told apart into what `fetch` takes. */
export interface Resource {
  readonly input: URL | Request
  readonly url: URL
  readonly init: ResourceInit
  readonly signal: AbortSignal | null | undefined
}

/** What `fetch` was given, with addresses resolved. The second argument counts where both say something, as it does for `fetch`. */
export function resourceOf(input: string | URL | Request, init: RequestInit, base: URL): Resource {
  const request = typeof input === "object" && "url" in input ? input : undefined
  const url = new URL(request ? request.url : String(input), base)
  const method = init.method ?? request?.method ?? "GET"
  const headers = new Headers(init.headers ?? request?.headers)
  return { input: request ?? url, url, init: { ...init, method, headers }, signal: init.signal ?? request?.signal }
}

/** Whether what `fetch` was given can be sent again. A stream flows once; a `Request` can be cloned before it is sent. */
export function isReplayable({ body }: RequestInit): boolean {
  const object = Object(body)
  return !("getReader" in object || Symbol.asyncIterator in object)
}

/** A promise, but no longer than a signal allows: then it is true, and `fetch` is left to say what it says to such a signal. */
export function within<T>(promise: Promise<T>, signal: AbortSignal | null | undefined): Promise<T | true> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = () => resolve(true)
    if (signal.aborted) abort()
    signal.addEventListener("abort", abort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort))
  })
}
