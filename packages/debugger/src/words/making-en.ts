/** What the page says in English where tokens and keys are made, and where encrypted ones are opened. */

/** The texts, by panel. */
export const makingEn = {
  inside: {
    title: "Decrypted",
    opened: "Opened with your key: {0}, {1}.",
    opened_public: "Anyone who has the public key can make such a token: it says nothing about the sender.",
    opened_secret: "Whoever has the same secret can have made it.",
    compressed: "The content was compressed.",
    iterations: "Password hashed {0} times (PBES2).",
    refused: "It does not open with this key. The key is another one, or the token was changed.",
    refused_absent: "This browser lacks the algorithm. On the command line: jot decrypt",
    refused_other: "It was not opened: {0}.",
    public: "This is a public key. The private one opens the token.",
    unfit: "The key does not fit the token's kind of encryption.",
    costly: "The token wants the password hashed {0} times; {1} are usual at most. That takes a while.",
    too_costly: "The token wants the password hashed {0} times. That is not done.",
    go_on: "Open it all the same",
    nested: "Inside: a signed token",
    nested_encrypted: "Inside: an encrypted token",
    alone: "Look at it alone",
    verify: "Verify what is inside with",
    verify_hint: "Another key than the one that opened it: a secret, a public key, PEM.",
    signature: "Signature inside",
    time: "Time inside",
    claims: "Claims inside",
    headers: "Header inside",
  },
} as const
