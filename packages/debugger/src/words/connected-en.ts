/** What only the build that fetches says, in English. */

/** The texts. */
export const connectedEn = {
  pledge: "Only the button that fetches a key set sends anything: the address that you see beside it.",
  title: "Fetch a key set",
  address: "Address of the JWK Set",
  hint: "https, or this machine. Without cookies and without saying where you are; nothing but what stands here is sent:",
  now: "Fetch",
  busy: "Fetching …",
  done: "{0} keys, from an address that you typed.",
  done_named: "{0} keys, from the address that the token names: they prove nothing about the sender.",
  address_invalid:
    "It takes an address that begins with https://, or http:// on this machine, without name and password.",
  unreachable:
    "No answer. The server cannot be reached, or it does not let pages of other addresses read the answer (CORS). In a terminal there is no such rule:",
  elsewhere: "The server sends on to another address. That is not followed: type the address that it ends at.",
  slow: "There was no answer within {0} seconds.",
  large: "The answer is larger than {0}, and was not read.",
  status: "The server answered {0}.",
  no_keys: "The answer is no key set.",
} as const
