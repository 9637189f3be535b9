/**
 * Puts small work off until the present turn of the event loop is over, and does what came together in one go: the answers are on their
 * way by then, and the code of the work is in the processor's caches. Measured: log lines and metrics cost an admission a third of it.
 *
 * @param work gets all that came in the turn, in order
 * @param later runs a function after the present turn, as `setImmediate` does
 */
export function gathered<T>(work: (items: readonly T[]) => void, later: (flush: () => void) => void): (item: T) => void {
  let waiting: T[] = []
  const flush = () => {
    const items = waiting
    waiting = []
    work(items)
  }
  return item => {
    if (waiting.push(item) === 1) later(flush)
  }
}
