/** Bodies of Fetch requests, read without using them up. */

/** What is longer is not looked through: it would have to be kept before anyone knows who sends it. */
const MAX_BODY_BYTES = 10_485_760

/** The body of a request that stays unread itself. @throws RangeError for one that is too long, which then holds no token. */
export async function copyOfBody(request: Request): Promise<Response> {
  const reader = request.clone().body?.getReader()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    bytes += read.value.byteLength
    chunks.push(read.value)
    if (bytes <= MAX_BODY_BYTES) continue
    // Not waited for: it ends when the request itself is read or dropped.
    reader?.cancel().catch(() => undefined)
    throw new RangeError("the body is too long")
  }
  return new Response(new Blob(chunks), { headers: { "content-type": request.headers.get("content-type") ?? "" } })
}
