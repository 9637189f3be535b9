/** Lets at most `max` calls of `work` run at the same time. The others wait in their order. */
export function bounded<A extends unknown[], R>(max: number, work: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (...args) => {
    if (running >= max) await new Promise<void>(resolve => waiting.push(resolve))
    else running += 1
    try {
      return await work(...args)
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
