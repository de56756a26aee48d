/** Tokens, signatures and public keys that PyJWT and the RFCs print. Data only; the keys that PyJWT ships as files are read in place. */
import type { JwkObject } from "jotkit"

/** A token, the key file that belongs to it, and whether signing again gives the same text. */
interface TokenVector {
  readonly algorithm: string
  readonly key: string
  readonly deterministic: boolean
  readonly token: string
}

/** Made by PyJWT with secrets of `a`, payload `{"hello":"world"}`. */
export const SECRET_TOKENS: readonly TokenVector[] = [
  {
    algorithm: "HS256",
    key: "a".repeat(32),
    deterministic: true,
    token: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.IjD2VRI4XN7tpFko0uxzudU6FjB_0B3r1umZzBX3XH8",
  },
  {
    algorithm: "HS384",
    key: "a".repeat(48),
    deterministic: true,
    token:
      "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.tO6U7gMgUcvvBrI59rMzdiQY-I7CDN-5P0qpOTeIatjF8bYddoX_WsVMCXGJGJJ9",
  },
  {
    algorithm: "HS512",
    key: "a".repeat(64),
    deterministic: true,
    token:
      "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.sXyq6bYQSyagPjVNoZolQi3LMcJ_N2KstypE11EdYv29cMRUkpWVmQFv33oiYa84kl2a87782hV4lPRxy9CQjA",
  },
]

/** Made by PyJWT with its private key files, payload `{"hello":"world"}`. */
export const KEY_FILE_TOKENS: readonly TokenVector[] = [
  {
    algorithm: "RS256",
    key: "testkey_rsa.priv",
    deterministic: true,
    token:
      "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.l0nzsb_F8G5zpoQAGhI2LKz9FPPTdOFu6GpzxGvXV5gRonrJfLUMdzM7rle05hOaQiwOhOd6Vx1gLTdzjF9BtQNz3jsaeQJyAhXs4F1DaTu7pdZ7KQ9b7zcM0T4O-eo12NT5SFuA00LIvp7ybN0Tw784dNvUDNUOTAVgMTTcJjsRwPPO9qenhi_Sc6U85xvovvdXW-pQfAa1PTD8f6KqsXXyC631GMpqW-Szuh0sZqXTisI_8PuR5GXezr6X5_zragRXtF7tQaiPMdech9LylxmLp9jQ88az-7N3gRDUHdWQzwWp3Fkov2GsO20G8t5zl3Db5nHhSH0Zo0K8hMmrJQ",
  },
  {
    algorithm: "RS384",
    key: "testkey_rsa.priv",
    deterministic: true,
    token:
      "eyJhbGciOiJSUzM4NCIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.yNQ3nI9vEDs7lEh-Cp81McPuiQ4ZRv6FL4evTYYAh1XlRTTR3Cz8pPA9Stgso8Ra9xGB4X3rlra1c8Jz10nTUjuO06OMm7oXdrnxp1KIiAJDerWHkQ7l3dlizIk1bmMA457W2fNzNfHViuED5ISM081dgf_a71qBwJ_yShMMrSOfxDxmX9c4DjRogRJG8SM5PvpLqI_Cm9iQPGMvmYK7gzcq2cJurHRJDJHTqIdpLWXkY7zVikeen6FhuGyn060Dz9gYq9tuwmrtSWCBUjiN8sqJ00CDgycxKqHfUndZbEAOjcCAhBrqWW3mSVivUfubsYbwUdUG3fSRPjaUPcpe8A",
  },
  {
    algorithm: "RS512",
    key: "testkey_rsa.priv",
    deterministic: true,
    token:
      "eyJhbGciOiJSUzUxMiIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.kGTw5xWALHfrTlBWVrHdTnCWMTQXF2mR38xln_PBc-7WuF_OAwgfeoEWI_bKBvz3yVvrIfMMvWD3tX38N_tSkCOCytUMA3SADiWeZO9YPL-ll0n7_-s2BDcLzijSmy4Jo0Xmd9xwO5BgEYA-JdPqPbpfytuw9srIkQVcjF6xhhNs3mXOX8NIPCsoP8CQExtKa35UuzlKhHmlM5NlZfbeaoDWm7u7di91mv9TLX2_VCe5-4PrpqFkCUl1Er3Cy3Ft0qMvG2ch3Agc4hiGFmxWuzA95HksahkSrUYYSD9o0FPoCcXk7AKrWCA1ipusySpsA8i1aLA3d6S8XMD0FFtmkA",
  },
  {
    algorithm: "PS256",
    key: "testkey_rsa.priv",
    deterministic: false,
    token:
      "eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.dPpQYtEUnuSYKkqpjpudzHNpnqdCxkBKFytDMl-NxTU-k-oLbXrnOs6UAZbmd1qESn3pgLWDxnWUugvAUSGq0U3DD0Zf8z254mXsX5ubZF7fjvJz0qrXIbG4mh11C4sN3pLLjVUPBhCNW30Yu2wm3NTZi9cjiEy4yvwlKyM4D934f4xG2izqFO3Hg1pHc-nIom0d19_1tbbh7UIs1ya-m2PuDaALtYw-KVvoD7varBPi4xq_QS5HBd9lzabIMVh9k2_0iq3kUEWpyMKLbwGwPGJpJQ7KbKOOEosk5ENzjuR9y6IcGZKZYL_5AMpRy-2QDPVWRNKzBSP7NYGT0SD4ww",
  },
  {
    algorithm: "PS384",
    key: "testkey_rsa.priv",
    deterministic: false,
    token:
      "eyJhbGciOiJQUzM4NCIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.ZY5-fsKL8Tx8o7CfG7yAJQFCkACZ5G8ZAGmXKYBqFYJ4VKfKEaXkG-dxdc21OSjk3fvKpqL2G0hFfih3zUwoKS77rnIaL9Ut8mlWELvdRyCNbku-WWh8IgxrPSx7K0Olxj4VVpcoGSeIFgrH-kvAfos-cU38giRdTx-tFyANm5WIhe3Ov0hA7G5ZaUbxBxCZFQzjvTbSzVIEWZDHlmJigXBsWqsY-_2xwROs1Uw6PFGlzSAVO6I651zX4BY6IrZDNRpeSgtmQRbDhwJBuDoBhAiS3Jt9aB7gLKhfcYv_SzbOGA8X8KPWC4gUuJW_QWoBVseXgRclncRedfAYOLvGxw",
  },
  {
    algorithm: "PS512",
    key: "testkey_rsa.priv",
    deterministic: false,
    token:
      "eyJhbGciOiJQUzUxMiIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.AsNft1h5u3YntZmUa1yhCy_ATWzIbfMvurH2_Id5KNUpLKQwUnORavbRLPJBs1K25jEa3WrHgphaRm2exg-6aPO0ULMhkUshCzV_FoUIWnwqakXNSs3jNFWTrTibuh1svKyM7k6rP1QC_GzKno15xQ4ufOunutcnGaGdZFBUQnLHvKiFKVkd6btgKtTv_bX8XaUYaRCYxL8BQPcnrK6tlTYME1EafN9fnvfSgtFSusz0Lryg3k7YFqI_yMXJEluhVG0HURbMt2PfYg7nIXKN1UIr8eji7Ik_KbW-Xh5NeDrPDHLOv3yafwa8nvwdUvA6wHoyem1aGi-ISCXRaP96TQ",
  },
  {
    algorithm: "ES256",
    key: "jwk_ec_key_P-256.json",
    deterministic: false,
    token:
      "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.M6Mrhgf49FgpxxgxamyPyM26hoX8a9CKYwYT5HZuyx_uQ1oCHDxr7694slZ7lQWGhCMlRbu4AHEyVSi3Tc_N_A",
  },
  {
    algorithm: "ES384",
    key: "jwk_ec_key_P-384.json",
    deterministic: false,
    token:
      "eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.oVzMZ5bu_ZnLzYgesEnb0XQWtiZ3uhtQGp610UL058w-quNAQ0CHWZephBdQ2EivPF3t_OLRl3oY1ag_2i9656H4GJ0jc1B4PxnmEp2YX_CxPyyHyi0BC9ncwBbPHcpa",
  },
  {
    algorithm: "ES512",
    key: "jwk_ec_key_P-521.json",
    deterministic: false,
    token:
      "eyJhbGciOiJFUzUxMiIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.Ad0TCEWPOSXjK86yyh1XuJ1knpBxKi7Vfs-PFak5Hulz52nx6RBxnUc4fTkiUAjYkLnR9oA0CtqOSRBNr60YIUd8AMLTTVfsPqZwKj0kFBTkM-4w5q5L7ThlEZOD-bS7cC4zqAtouDhkPxIVsLWkvV3o4iVpoJ_UHeSUCx_B2VNHGP_C",
  },
  {
    algorithm: "ES256K",
    key: "jwk_ec_key_secp256k1.json",
    deterministic: false,
    token:
      "eyJhbGciOiJFUzI1NksiLCJ0eXAiOiJKV1QifQ.eyJoZWxsbyI6IndvcmxkIn0.yE6iiNH2MRMU8iF5YMAtYwFen28_buWRtKvzq70DIz79NqRW4QOyjFfmvuV4KHvBH19lPKgDXOoaG47uAbgBpQ",
  },
  {
    algorithm: "EdDSA",
    key: "jwk_okp_key_Ed25519.json",
    deterministic: true,
    token:
      "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.1JZegSeVbFCHgh_iy19E8gCe3DD86eVYpOCVD2qsNoG9vCIcweBMXaIxxQhTLwuvBiuUMblocJJRr2BKQoOnDQ",
  },
  {
    algorithm: "EdDSA",
    key: "jwk_okp_key_Ed448.json",
    deterministic: true,
    token:
      "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.4vnDn5WtnjbPnliKZ0zRulPD1a4Mg4bTY1gQPwLnynl6KmyZsfrDBWz1iNeXb0_Rqt9HSrPmBsuAXcSWM_Gzu4Thl4rrIbOmg7cO2VNqCm3tMQFEOaO6aStlSPHyk4QpEA8lZwBvYhazE2cOXO2D5RkA",
  },
  {
    algorithm: "EdDSA",
    key: "testkey_ed25519.pem",
    deterministic: true,
    token:
      "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.OnSbRVidvy3OdAf8Oy2LhwRhWhMUgUMLTsK3njL9dqV9cmlaaSsBAYNowfaygn32q8vPAReH8SwFiA1yjHslAw",
  },
]

/** Signed by `jwk_ec_key_P-521` under a name that PyJWT alone knows. */
export const ES521_TOKEN =
  "eyJhbGciOiJFUzUyMSIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.ABZOxW4oKJSrVYLREDKymFvPtXyIMxDhghnkBXOaUzZsGHh94LwXcvaqecvbZuY9285I9uE8qGvU7boAEq43FrLgATCAX1TV_f9e8XiAnMBzVZKlawkD0RCZVSUYJSn1bbt0O8Vf95YyzqLtoHHkcZaGM0sWgfXNCEbpXL0_epV5PfbM"

/** ECDSA with P-384 and SHA-256, signed by `jwk_ec_key_P-384`: no algorithm at all. */
export const P384_TOKEN_NAMED_ES256 =
  "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJhIjoxfQ.gkKv9I6AHf8fTlCLQlfi911NdDkDkt-f3oVpCAjyIsyvXb9MBJDOEvuPpC2_Pa_X1NWXxxGF8oQK-84uE9N0qzSNJxp2gpJv4Q6x4C7Evi6u5EvFG05b1dfgN5OEGKQA"

/** RFC 7520, sections 4.1 to 4.4: the payload is text, so these are JWS. */
export const RFC7520_TOKENS: readonly TokenVector[] = [
  {
    algorithm: "RS256",
    key: "jwk_rsa_pub.json",
    deterministic: true,
    token:
      "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg",
  },
  {
    algorithm: "PS384",
    key: "jwk_rsa_pub.json",
    deterministic: false,
    token:
      "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw",
  },
  {
    algorithm: "ES512",
    key: "jwk_ec_pub_P-521.json",
    deterministic: false,
    token:
      "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPBu_u_sDDyYjnAMDxXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2",
  },
  {
    algorithm: "HS256",
    key: "jwk_hmac.json",
    deterministic: true,
    token:
      "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0",
  },
]

/** Made by another library, under `testkey_ec.pub`. */
export const FOREIGN_ES256 =
  "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.TORyNQab_MoXM7DvNKaTwbrJr4UYd2SsX8hhlnWelQFmPFSf_JzC2EbLnar92t-bXsDovzxp25ExazrVHkfPkQ"

/** Signatures over the text `Hello World!`, in base64. */
export const HELLO = {
  rs256:
    "yS6zk9DBkuGTtcBzLUzSpo9gGJxJFOGvUqN01iLhWHrzBQ9ZEz3+Ae38AXp10RWwscp42ySC85Z6zoN67yGkLNWnfmCZSEv+xqELGEvBJvciOKsrhiObUl2mveSc1oeO/2ujkGDkkkJ2epn0YliacVjZF5+/uDmImUfAAj8lzjnHlzYixsn5jGz1H07jYYbi9diixN8IUhXeTafwFg02IcONhum29V40Wu6O5tAKWlJXfHJnNUzAEUOXS0WahHVb57D30pcgIji9z923q90p5c7E2cU8V+E1qe8NdCAAPCDzZZ9zQ/dgcMVaBrGrgimrcLbPjueOKFgSO+SSjIElKA==",
  /** With another salt length than that of RFC 7518. */
  ps256OtherSalt:
    "ywKAUGRIDC//6X+tjvZA96yEtMqpOrSppCNfYI7NKyon3P7doud5v65oWNuvQsz0fzPGfF7mQFGo9Cm9Vn0nljm4G6PtqZRbz5fXNQBH9k10gq34AtM02c/cveqACQ8gF3zxWh6qr9jVqIpeMEaEBIkvqG954E0HT9s9ybHShgHX9mlWk186/LopP4xe5c/hxOQjwhv6yDlTiwJFiqjNCvj0GyBKsc4iECLGIIO+4mC4daOCWqbpZDuLb1imKpmm8Nsm56kAxijMLZnpCcnPgyb7CqG+B93W9GHglA5drUeR1gRtO7vqbZMsCAQ4bpjXxwbYyjQlEVuMl73UL6sOWg==",
  es256Short: "AC+m4Jf/xI3guAC6w0w3",
  ed25519: [
    {
      privateKey: "testkey_ed25519",
      publicKey: "testkey_ed25519.pub",
      signature: "Qxa47mk/azzUgmY2StAOguAd4P7YBLpyCfU3JdbaiWnXM4o4WibXwmIHvNYgN3frtE2fcyd8OYEaOiD/KiwkCg==",
    },
    {
      privateKey: "testkey_ed25519.pem",
      publicKey: "testkey_ed25519.pub.pem",
      signature: "9ueQE7PT8uudHIQb2zZZ7tB7k1X3jeTnIfOVvGCINZejrqQbru1EXPeuMlGcQEZrGkLVcfMmr99W/+byxfppAg==",
    },
  ],
} as const

/** The public keys and tokens of the advisory CVE-2022-29217. */
export const ADVISORY = {
  ed25519: {
    publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPL1I9oiq+B8crkmuV4YViiUnhdLjCp3hvy1bNGuGfNL",
    algorithm: "EdDSA",
    genuine:
      "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSJ9.eyJ0ZXN0IjoxMjM0fQ.M5y1EEavZkHSlj9i8yi9nXKKyPBSAUhDRTOYZi3zZY11tZItDaR3qwAye8pc74_lZY3Ogt9KPNFbVOSGnUBHDg",
    forged: "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJ0ZXN0IjoxMjM0fQ.6ulDpqSlbHmQ8bZXhZRLFko9SwcHrghCwh8d-exJEE4",
  },
  ecdsa: {
    publicKey:
      "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBJXMtkUkkoJ9kQP8QhpKO/TfuxcKC2a92dIo/xDY6MNl6VA8MChCpAJN0w1wvVPJ4qTJRnGO7A6V6dl8oRxDPkc=",
    algorithm: "ES256",
    genuine:
      "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0ZXN0IjoxMjM0fQ.NX42mS8cNqYoL3FOW9ZcKw8Nfq2mb6GqJVADeMA1-kyHAclilYo_edhdM_5eav9tBRQTlL0XMeu_WFE_mz3OXg",
    forged: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0ZXN0IjoxMjM0fQ.5eYfbrbeGYmWfypQ6rMWXNZ8bdHcqKng5GPr9MJZITU",
  },
} as const

/** A token as an identity provider issues it, and its published keys. */
export const AUTH0 = {
  audience: "https://expenses-api",
  claims: {
    iss: "https://dev-87evx9ru.auth0.com/",
    sub: "aW4Cca79xReLWUz0aE2H6kD0O3cXBVtC@clients",
    aud: "https://expenses-api",
    iat: 1572006954,
    exp: 1572006964,
    azp: "aW4Cca79xReLWUz0aE2H6kD0O3cXBVtC",
    gty: "client-credentials",
  },
  token:
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6Ik5FRTFRVVJCT1RNNE16STVSa0ZETlRZeE9UVTFNRGcyT0Rnd1EwVXpNVGsxUWpZeVJrUkZRdyJ9.eyJpc3MiOiJodHRwczovL2Rldi04N2V2eDlydS5hdXRoMC5jb20vIiwic3ViIjoiYVc0Q2NhNzl4UmVMV1V6MGFFMkg2a0QwTzNjWEJWdENAY2xpZW50cyIsImF1ZCI6Imh0dHBzOi8vZXhwZW5zZXMtYXBpIiwiaWF0IjoxNTcyMDA2OTU0LCJleHAiOjE1NzIwMDY5NjQsImF6cCI6ImFXNENjYTc5eFJlTFdVejBhRTJINmtEME8zY1hCVnRDIiwiZ3R5IjoiY2xpZW50LWNyZWRlbnRpYWxzIn0.PUxE7xn52aTCohGiWoSdMBZGiYAHwE5FYie0Y1qUT68IHSTXwXVd6hn02HTah6epvHHVKA2FqcFZ4GGv5VTHEvYpeggiiZMgbxFrmTEY0csL6VNkX1eaJGcuehwQCRBKRLL3zKmA5IKGy5GeUnIbpPHLHDxr-GXvgFzsdsyWlVQvPX2xjeaQ217r2PtxDeqjlf66UYl6oY6AqNS8DH3iryCvIfCcybRZkc_hdy-6ZMoKT6Piijvk_aXdm7-QQqKJFHLuEqrVSOuBqqiNfVrG27QzAPuPOxvfXTVLXL2jek5meH6n-VWgrBdoMFH93QEszEDowDAEhQPHVs0xj7SIzA",
  jwks: {
    keys: [
      {
        alg: "RS256",
        kty: "RSA",
        use: "sig",
        n: "0wtlJRY9-ru61LmOgieeI7_rD1oIna9QpBMAOWw8wTuoIhFQFwcIi7MFB7IEfelCPj08vkfLsuFtR8cG07EE4uvJ78bAqRjMsCvprWp4e2p7hqPnWcpRpDEyHjzirEJle1LPpjLLVaSWgkbrVaOD0lkWkP1T1TkrOset_Obh8BwtO-Ww-UfrEwxTyz1646AGkbT2nL8PX0trXrmira8GnrCkFUgTUS61GoTdb9bCJ19PLX9Gnxw7J0BtR0GubopXq8KlI0ThVql6ZtVGN2dvmrCPAVAZleM5TVB61m0VSXvGWaF6_GeOhbFoyWcyUmFvzWhBm8Q38vWgsSI7oHTkEw",
        e: "AQAB",
        kid: "NEE1QURBOTM4MzI5RkFDNTYxOTU1MDg2ODgwQ0UzMTk1QjYyRkRFQw",
        x5t: "NEE1QURBOTM4MzI5RkFDNTYxOTU1MDg2ODgwQ0UzMTk1QjYyRkRFQw",
      },
    ],
  },
}

/** Raw deflate of `{"hello": "world"}` as payload: in base64, which is refused, and in base64url. */
export const COMPRESSED = {
  base64:
    "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.q1bKSM3JyVeyUlAqzy/KSVGqBQA=.08wHYeuh1rJXmcBcMrz6NxmbxAnCQp2rGTKfRNIkxiw=",
  base64Url:
    "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.q1bKSM3JyVeyUlAqzy_KSVGqBQA.AAn1elCJC5MQCYFwTwa2tjjtyLgqLUVU-Y1vFBsU8jo",
}

/** RFC 7520, sections 3.1 and 3.3, and RFC 8037, appendix A.2: public keys. */
export const PUBLIC_JWKS = {
  rsa: {
    kty: "RSA",
    kid: "bilbo.baggins@hobbiton.example",
    use: "sig",
    n: "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw",
    e: "AQAB",
  },
  p521: {
    kty: "EC",
    kid: "bilbo.baggins.521@hobbiton.example",
    crv: "P-521",
    x: "AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt",
    y: "AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1",
  },
  ed25519: { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
} satisfies Record<string, JwkObject>
