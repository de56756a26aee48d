/** The runtime's encryption: the manifest's `#cipher` says with which file. Apart from the engine, so that programs which only sign do not carry it. */
export { cipher } from "#cipher"
