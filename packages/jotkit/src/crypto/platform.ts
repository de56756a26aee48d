/** The runtime's cryptography: the manifest's `#engine` says with which file. The only place that names it. */
export { engine } from "#engine"
