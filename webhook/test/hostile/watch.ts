import type { Test } from 'tap'

/** Notes what a process must not suffer while a test runs: errors that nobody caught, a changed prototype. */
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
