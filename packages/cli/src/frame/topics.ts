/** What help knows besides commands. The texts stand in the catalogues; this is what they are filled with. */

/** The topics of `jot help TOPIC`, in the order in which they are listed. */
export const TOPICS = ["keys", "time", "exit-codes", "safety", "recipes", "environment"] as const

/** The name of a topic. */
export type TopicName = (typeof TOPICS)[number]

/** The variables of the environment that the program looks at, besides those that a command line names. */
export const VARIABLES = [
  "NO_COLOR",
  "FORCE_COLOR",
  "TERM",
  "LC_ALL",
  "LC_MESSAGES",
  "LANG",
  "VISUAL",
  "EDITOR",
] as const

/** The name of a variable. */
export type VariableName = (typeof VARIABLES)[number]

/**
 * A text for each topic: its title on the first line, then paragraphs. Lines that begin with two spaces stay as they are. `{exit}` and
 * `{environment}` stand for the lists of exit statuses and variables.
 */
export type Topics = Readonly<Record<TopicName, string>>
