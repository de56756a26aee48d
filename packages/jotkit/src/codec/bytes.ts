/** Bytes and text, as the runtime does them: the manifest's `#bytes` says with which file. */
export * from "#bytes"
