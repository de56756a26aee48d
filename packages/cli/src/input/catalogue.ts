/** The words of the shared part, in the language of the user. */

import type { Catalogue } from "@jotkit/inspect"
import type { Session } from "../frame/session.ts"

/** Loads the one catalogue that is needed. */
export async function catalogueOf({ language }: Session): Promise<Catalogue> {
  if (language === "en") return (await import("@jotkit/inspect/en")).en
  return (await import("@jotkit/inspect/zh-hant")).zhHant
}
