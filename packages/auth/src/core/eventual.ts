/**
 * A value that may have to be waited for. Most need not be, and every `await` of what is there already costs as much as looking up a
 * header: where every request passes, `instanceof Promise` is asked first.
 */
export type Eventual<T> = T | Promise<T>

/** Goes on with a value: at once, where it is there. */
export function after<T, R>(value: Eventual<T>, next: (value: T) => Eventual<R>): Eventual<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
