/** The topics of help in English. */

import type { Topics } from "../frame/topics.ts"

/** The topics in English. */
export const topicsEn: Topics = {
  keys: `Keys and secrets

--key takes one SRC and may be repeated. A SRC is

  FILE, @FILE      a file: JWK, key set, PEM, DER, OpenSSH or certificate, encrypted or not; its contents decide, not its name
  fd:N             a descriptor that the shell has opened
  prompt           the terminal asks, and shows nothing
  -                standard input
  env:NAME         a variable of the environment
  https://…        a key, a key set or PEM at an address that you type; http on this machine only
  issuer:https://… where the document of an issuer says that its keys are
  {"kty":…}        a JWK or a key set as it stands

A secret (HS256, HS384, HS512, dir, A256KW …) has flags of its own, each named after the place where the secret is: --secret-file, --secret-fd, --secret-prompt, --secret-env, and --secret for the text itself. --secret-encoding says what the text is; nothing is guessed. A passphrase or password is never the word itself: @FILE, env:NAME, fd:N, - or prompt.

Which place to choose, the best one first:

  1. file or descriptor   the system decides who reads a file, and no other program sees what went through
  2. prompt               it is nowhere but in memory; but somebody must sit there
  3. standard input       no other program sees it; but the command that writes it may be seen
  4. environment          every program started from here inherits it, and reports of crashes like to print it
  5. argument             every program on the machine sees it, and the shell writes it into its history

So jot warns of --secret, also when it is written as "$VARIABLE": what others see is the value. --allow-argv-secrets ends the warning.

The algorithm comes from the key or from --alg, never from the token; and a key in a token's header never makes it verified: --trust-embedded tries one, for teaching. A public key, a certificate or PEM text is refused as a secret. Files with private keys are written so that only their owner reads them.`,
  time: `Times and lengths of time

A TIME (--exp, --nbf, --iat, --at) is

  now, never                    never: where there need not be a time
  +1h, -90s, +1d12h, +2w        from now: s, m (minutes), h, d, w
  P1DT2H, P1M                   ISO 8601; months and years are those of the calendar
  2030-01-31T12:00:00Z          a moment (RFC 3339)
  2030-01-31                    midnight, in UTC
  @1700000000, 1700000000       seconds since 1970

A DURATION (--leeway, --max-age, --max-lifetime) is 90s, 1h30m, 2w, PT15M, or a number of seconds.

What could be meant in two ways is refused: a length without + or - where a moment is due, months and years without ISO 8601, and thirteen digits, which count milliseconds.

--at TIME judges, signs and explains as if it were that time; --at env:SOURCE_DATE_EPOCH takes it from the environment, for builds that repeat. --leeway says how far clocks may differ: none unless said, ten minutes at most. exp equal to now is expired already.

In answers times stand beside the claim: JSON never changes a claim, it adds times.`,
  "exit-codes": `Exit statuses

The status says what kind of answer it is; with --json the same word stands under code.

{exit}

A command that judges several tokens ends with the gravest kind: input, then key, signature, claims, negative.

  jot verify --key jwks.json --aud api "@token.txt" > claims.json
  case $? in
    0) echo "trust claims.json" ;;
    5) echo "genuine, but expired or not for us" ;;
    *) echo "not to be trusted" ;;
  esac`,
  safety: `What is safe to do

decode and inspect show what a token says. Anyone can have written that: only verify says whether it holds, and it prints the payload only if all of it does.

jot sends nothing anywhere. It opens a connection only to an address that you type; what a token points to is asked only on a host that you name with --discover. --offline forbids even that. It reads no configuration, keeps nothing, and writes only the files that you name.

Nothing that it says holds a secret, a private key or a whole token, except where that is what you asked for. A private key is not shown on a terminal, and a file with one is readable by its owner only. What a token says cannot steer the terminal.

An unsecured token (alg none) cannot be verified. A secret that is too short is refused for signing and warned of elsewhere. A token is verified with the algorithms that the key or --alg allows.

Until it expires a token opens what it was made for. Do not paste it into web pages, chats and issues; jot scan finds those that lie in files, and what it finds is to be revoked.

A token that begins with a dash, or a file that does, stands behind --: jot decode -- -x.`,
  recipes: `Recipes

Read a token:

  jot TOKEN
  jot decode --get /sub TOKEN

Verify it, and use what it says:

  jot verify --key https://issuer.example/jwks.json --iss https://issuer.example --aud api TOKEN
  jot verify --key jwks.json --get /sub "@token.txt"

Find out why it does not hold:

  jot diagnose --secret-file secret.txt --alg HS256 TOKEN

Make a key, its public set, and tokens for tests:

  jot key generate --alg ES256 --kid thumbprint --out private.jwk
  jot jwks build private.jwk --out jwks.json
  jot sign --key private.jwk --sub alice --aud api --exp +15m
  jot fixtures --key private.jwk --policy policy.json --out fixtures

Change a claim of a token, and sign it again:

  jot decode --json "@token.txt" | jot sign --from-json - --key private.jwk --claim role=admin

Stop a build over a bad token, and over one that lies in the sources:

  jot lint --fail-on warning --format github "@token.txt"
  jot scan .

Give a server under test keys that fail:

  jot jwks serve private.jwk --fault wrong-kid`,
  environment: `Environment

{environment}

A flag wins over a variable: --color over NO_COLOR and FORCE_COLOR, --lang over the language of the system. Variables with keys or secrets are read only if the command line names them (env:NAME, --secret-env NAME).`,
}
