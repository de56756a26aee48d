/**
 * A value that may have to be waited for. Most need not be, and every `await` of what is there already costs as much as looking up a
 * header: where every request passes, `instanceof Promise` is asked first.
 */
export type Eventual<T> = T | Promise<T>
