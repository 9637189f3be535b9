/** A request that has to be allowed, and requests that differ from it in one property each and have to be denied. */
export interface Twins<T extends object> {
  about: string
  allowed: T
  /** By what is wrong. Each change has one property; `undefined` removes it. */
  denied: Record<string, { [K in keyof T]?: T[K] | undefined }>
}

export interface Case<T> {
  about: string
  request: T
  isAllowed: boolean
}

/**
 * The requests of a table. Since each denied one differs from an allowed one in exactly one property, it is that property for which it is
 * denied, and not a mistake in the request.
 *
 * @throws if a denied request differs in another number of properties
 */
export function twinCases<T extends object>({ about, allowed, denied }: Twins<T>): Case<T>[] {
  if (Object.keys(denied).length === 0) throw new Error(`${about}: found no denied request, wanted at least one`)
  const changed = Object.entries(denied).map(([wrong, change]): Case<T> => {
    const different = Object.entries(change).filter(([key, value]) => value !== allowed[key as keyof T])
    if (different.length !== 1 || Object.keys(change).length !== 1)
      throw new Error(`${about}, but ${wrong}: found ${different.length} changes, wanted one`)
    const request = Object.fromEntries(Object.entries({ ...allowed, ...change }).filter(([, value]) => value !== undefined))
    return { about: `${about}, but ${wrong}`, request: request as T, isAllowed: false }
  })
  return [{ about, request: allowed, isAllowed: true }, ...changed]
}
