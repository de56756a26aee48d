/**
 * The interface of Standard Schema v1 (https://standardschema.dev, MIT, Colin McDonnell, Fabian Hiller, David Blass), as its authors
 * recommend: copied, so that no package is needed. Zod, Valibot, ArkType and others implement it.
 */

import { ClientError } from "./errors.ts"

/** A validator that follows Standard Schema v1. */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1
    readonly vendor: string
    /** Judges a value. Here it must answer at once: claims are drawn before anything can be waited for. */
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** What a validator answers: a value, or issues. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: ReadonlyArray<{ readonly message: string }> }

/** The type of a schema's output. */
export type InferOutput<S extends StandardSchemaV1> = NonNullable<S["~standard"]["types"]>["output"]

declare const unverified: unique symbol

/**
 * Claims that nobody has verified: to be shown, never to decide by. Whoever holds the device can change them. What a user may do is
 * for the server to say, with each request.
 */
export type UnverifiedClaims<T = Readonly<Record<string, unknown>>> = T & { readonly [unverified]?: never }

/**
 * What a schema makes of a value; without one, any object is taken as it is.
 *
 * @throws ClientError `claims_unexpected` for what the schema does not take, and for every schema that answers with a promise.
 */
export function judgeClaims(value: unknown, schema: StandardSchemaV1 | undefined): unknown {
  const isObject = Object(value) === value && !Array.isArray(value)
  const result = isObject && schema ? schema["~standard"].validate(value) : { value }
  if (isObject && "value" in result && !result.issues) return result.value
  throw new ClientError("claims_unexpected", "expected claims as the schema has them, at once")
}
