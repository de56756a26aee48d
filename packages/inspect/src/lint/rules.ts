/** Every rule of the linter: how grave it is, and where it is written. What it says stands in the catalogues. */

/** How grave a finding is. */
export type Severity = "error" | "warning" | "info"

/** The rules by their stable ids. */
export const RULES = {
  SHAPE: { severity: "error", ref: "RFC 7515, section 7.1" },
  "ALG-NONE": { severity: "error", ref: "RFC 8725, section 3.2" },
  "ALG-MISSING": { severity: "error", ref: "RFC 7515, section 4.1.1" },
  "ALG-TYPE": { severity: "error", ref: "RFC 7515, section 4.1.1" },
  "ALG-UNKNOWN": { severity: "warning", ref: "RFC 7518, section 7.1" },
  "ALG-LEGACY": { severity: "info", ref: "RFC 9864" },
  "ALG-CONFUSION": { severity: "error", ref: "RFC 8725, section 3.1" },
  "KEY-WEAK-HMAC": { severity: "error", ref: "RFC 7518, section 3.2" },
  "KEY-WEAK-RSA": { severity: "error", ref: "RFC 7518, section 3.3" },
  "KEY-EXPONENT": { severity: "error", ref: "RFC 8017, section 3.1" },
  "KEY-CURVE": { severity: "error", ref: "RFC 7518, section 3.4" },
  "KEY-PRIVATE-LEAK": { severity: "error", ref: "RFC 7517, section 9.2" },
  "HDR-EMBEDDED-KEY": { severity: "warning", ref: "RFC 8725, section 3.10" },
  "HDR-REMOTE-KEY": { severity: "warning", ref: "RFC 8725, section 3.10" },
  "HDR-KID-SHAPE": { severity: "warning", ref: "RFC 8725, section 3.10" },
  "HDR-CRIT": { severity: "error", ref: "RFC 7515, section 4.1.11" },
  "HDR-B64": { severity: "error", ref: "RFC 7797, section 7" },
  "HDR-TYP": { severity: "warning", ref: "RFC 8725, section 3.11" },
  "HDR-CTY": { severity: "warning", ref: "RFC 7519, section 5.2" },
  "HDR-ZIP": { severity: "warning", ref: "RFC 8725, section 3.6" },
  "ENC-CRIME": { severity: "info", ref: "RFC 8725, section 3.6" },
  "ENC-RSA15": { severity: "error", ref: "RFC 8725, section 3.2" },
  "ENC-PBES2": { severity: "warning", ref: "RFC 7518, section 4.8.1.2" },
  "ENC-CLAIM-MIRROR": { severity: "warning", ref: "RFC 7519, section 5.3" },
  "SIG-EMPTY": { severity: "error", ref: "RFC 7515, section 5.2" },
  "SIG-LENGTH": { severity: "error", ref: "RFC 7518, section 3.4" },
  "SIG-HIGH-S": { severity: "info", ref: "RFC 8812" },
  "B64-INVALID": { severity: "error", ref: "RFC 7515, section 2" },
  "B64-PAD": { severity: "warning", ref: "RFC 7515, section 2" },
  "B64-ALPHABET": { severity: "warning", ref: "RFC 7515, section 2" },
  "B64-TAIL": { severity: "warning", ref: "RFC 4648, section 3.5" },
  "JSON-SYNTAX": { severity: "error", ref: "RFC 7519, section 7.2" },
  "JSON-DUP": { severity: "error", ref: "RFC 7519, section 4" },
  "JSON-NUM": { severity: "warning", ref: "RFC 8259, section 6" },
  "JSON-UTF8": { severity: "error", ref: "RFC 8725, section 3.7" },
  "JSON-BIDI": { severity: "warning", ref: "RFC 8259, section 8.3" },
  "TIME-EXPIRED": { severity: "error", ref: "RFC 7519, section 4.1.4" },
  "TIME-EARLY": { severity: "error", ref: "RFC 7519, section 4.1.5" },
  "TIME-MISSING-EXP": { severity: "warning", ref: "RFC 7519, section 4.1.4" },
  "TIME-LONG": { severity: "warning", ref: "RFC 9700, section 2.2" },
  "TIME-ORDER": { severity: "warning", ref: "RFC 7519, section 4.1" },
  "TIME-UNIT": { severity: "error", ref: "RFC 7519, section 2" },
  "CLM-MISSING": { severity: "warning", ref: "RFC 7519, section 4.1" },
  "CLM-TYPE": { severity: "error", ref: "RFC 7519, section 4.1" },
  "CLM-ISS-URL": { severity: "info", ref: "RFC 7519, section 4.1.1" },
  "CLM-AUD-MANY": { severity: "info", ref: "RFC 7519, section 4.1.3" },
  "CLM-SENSITIVE": { severity: "warning", ref: "RFC 7519, section 12" },
  "CLM-PRIV": { severity: "info", ref: "RFC 9700, section 2.3" },
  "CLM-HASH": { severity: "error", ref: "OpenID Connect Core 1.0, section 3.1.3.8" },
  SIZE: { severity: "warning", ref: "RFC 6265, section 6.1" },
  "JWKS-DUP-KID": { severity: "warning", ref: "RFC 7517, section 4.5" },
  "JWKS-NO-KID": { severity: "warning", ref: "RFC 7517, section 4.5" },
  "JWKS-USE-OPS": { severity: "warning", ref: "RFC 7517, section 4.3" },
  "JWKS-SYMMETRIC": { severity: "error", ref: "RFC 7517, section 9.2" },
  "JWKS-PRIVATE": { severity: "error", ref: "RFC 7517, section 9.2" },
  "JWKS-MIXED-ALG": { severity: "warning", ref: "RFC 8725, section 3.1" },
  "JWKS-LONG": { severity: "warning", ref: "RFC 7517, section 5" },
  "JWKS-EMPTY": { severity: "error", ref: "RFC 7517, section 5" },
  "JWKS-UNREADABLE": { severity: "warning", ref: "RFC 7517, section 5" },
} as const

/** The id of a rule. Stable; programs may rely on it. */
export type RuleId = keyof typeof RULES

/** All ids, in the order of the table. */
export const RULE_IDS: readonly RuleId[] = Object.keys(RULES) as RuleId[]
