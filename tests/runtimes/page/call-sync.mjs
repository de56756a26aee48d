// @ts-check
// Calls to the process that makes the fixtures, from a worker of a page that this process serves: workers may wait for a request.

/** @param {string} body */
export function callSync(body) {
  const request = new XMLHttpRequest()
  request.open("POST", "/call", false)
  request.send(body)
  return request.responseText
}
