/** Where an issuer on another machine may send whoever asks for its keys. */
import { expect, test } from "vitest"
import { keySetAddress } from "../src/input/discovery.ts"

const issuer = "https://issuer.example"
const leading = (jwks_uri: string) => keySetAddress(issuer, () => Promise.resolve(JSON.stringify({ issuer, jwks_uri })))

test.each([
  "https://localhost/set",
  "https://127.0.0.1:8443/set",
  "https://127.1/set",
  "https://2130706433/set",
  "https://[::1]/set",
  "https://user:word@issuer.example/set",
])("a document of another machine does not lead to %s", async (address) => {
  await expect(leading(address)).rejects.toMatchObject({ code: "network", word: "jwks_uri_unsafe" })
})

test("it may lead to another machine", async () => {
  expect(await leading("https://keys.example/set")).toBe("https://keys.example/set")
})
