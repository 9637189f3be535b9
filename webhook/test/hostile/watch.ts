import type { Test } from 'tap'

/** Records uncaught errors and changes of the Object prototype during a test. */
export function watch(t: Test) {
  const uncaught: unknown[] = []
  const note = (error: unknown) => uncaught.push(error)
  process.on('unhandledRejection', note)
  process.on('uncaughtExceptionMonitor', note)
  const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Map.prototype]
  const names = () => prototypes.map(prototype => Reflect.ownKeys(prototype))
  const before = names()
  t.teardown(() => {
    process.off('unhandledRejection', note)
    process.off('uncaughtExceptionMonitor', note)
  })
  return { uncaught, before, after: names }
}
