/** How boxes for tokens and keys are: no help of the browser reads along, because some of it is sent away. */

/** The attributes of such a box. */
export const PLAIN_TEXT = {
  spellcheck: false,
  autocomplete: "off",
  autocapitalize: "off",
  autocorrect: "off",
  translate: false,
  "data-gramm": "false",
  wrap: "soft",
} as const
