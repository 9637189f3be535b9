/** Results of calls with longer texts are not kept: a Secret near its limit of 1 MiB is nobody's second. */
export const maxRecalledLength = 16 * 1024

/**
 * Remembers the last few results of a pure function, so that the same arguments give the very same object. The Secrets of a tenant hold the
 * same registries and the same token: what was worked out for one is right for the next thousand, and an admission then costs comparisons.
 * Holds state, reaches nothing ambient.
 *
 * @param work its arguments are compared by `===`; what it throws is not remembered, what it returns must not be changed
 * @param size how many results are kept
 */
export function recall<A extends readonly unknown[], R>(work: (...args: A) => R, size: number): (...args: A) => R {
  const last: { args: A; result: R }[] = []
  return (...args) => {
    const found = last.find(one => sameArguments(one.args, args))
    if (found !== undefined) return found.result
    const result = work(...args)
    if (args.some(arg => typeof arg === 'string' && arg.length > maxRecalledLength)) return result
    last.unshift({ args, result })
    last.length = Math.min(last.length, size)
    return result
  }
}

/** A loop, for it runs for each remembered call of each admission. */
function sameArguments(some: readonly unknown[], others: readonly unknown[]): boolean {
  if (some.length !== others.length) return false
  for (let at = 0; at < some.length; at += 1) if (some[at] !== others[at]) return false
  return true
}
