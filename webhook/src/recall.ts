/** Results of calls with longer texts are not kept: a Secret near its limit of 1 MiB is nobody's second. */
export const maxRecalledLength = 16 * 1024

/**
 * Remembers the last few results of a pure function. The Secrets of a tenant hold the same registries and the same token, so that what was
 * worked out for one is right for the next thousand: an admission then costs comparisons. Holds state, reaches nothing ambient.
 *
 * @param work its arguments are compared by `===`; what it throws is not remembered, what it returns must not be changed
 * @param size how many results are kept
 */
export function recall<A extends readonly unknown[], R>(work: (...args: A) => R, size: number): (...args: A) => R {
  const last: { args: A; result: R }[] = []
  return (...args) => {
    const found = last.find(one => one.args.length === args.length && one.args.every((arg, at) => arg === args[at]))
    if (found !== undefined) return found.result
    const result = work(...args)
    if (args.some(arg => typeof arg === 'string' && arg.length > maxRecalledLength)) return result
    last.unshift({ args, result })
    last.length = Math.min(last.length, size)
    return result
  }
}
