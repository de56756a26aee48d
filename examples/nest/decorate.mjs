// @ts-check
/** Decorators without their syntax, which JavaScript does not have yet: they are functions, and are called here as TypeScript would. */
import "reflect-metadata"

/**
 * @param {new (...given: never[]) => object} type The class.
 * @param {ClassDecorator[]} decorators Those of the class.
 * @param {ParameterDecorator[]} [injected] One for each parameter of its constructor.
 */
export function decorateClass(type, decorators, injected = []) {
  Reflect.decorate(decorators, type)
  for (const [index, decorator] of injected.entries()) decorator(type, undefined, index)
}

/**
 * @param {new (...given: never[]) => object} type The class.
 * @param {Readonly<Record<string, readonly [method: MethodDecorator[], ...parameters: ParameterDecorator[]]>>} methods Decorators of
 *   each method, and one for each of its parameters.
 */
export function decorateMethods(type, methods) {
  for (const [name, [method, ...parameters]] of Object.entries(methods)) {
    Reflect.decorate(method, type.prototype, name, Object.getOwnPropertyDescriptor(type.prototype, name))
    for (const [index, decorator] of parameters.entries()) decorator(type.prototype, name, index)
  }
}
