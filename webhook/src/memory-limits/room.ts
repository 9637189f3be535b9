/** Does work that takes so much room, once there is that much. */
export type Room = <T>(size: number, work: () => Promise<T>) => Promise<T>

/**
 * Limits how much is in work at once, by size instead of by number. What does not fit waits; smaller work that still fits goes past it, so
 * that large work never holds up small. Holds state, reaches nothing ambient.
 *
 * @param total what all work in progress may take together; work that is larger than that waits until it is alone
 */
export function room(total: number): Room {
  let taken = 0
  const waiting: { size: number; goOn: () => void }[] = []
  const fits = (size: number) => taken === 0 || taken + size <= total

  function letIn(): void {
    for (const one of waiting.filter(({ size }) => fits(size))) {
      if (!fits(one.size)) continue
      taken += one.size
      waiting.splice(waiting.indexOf(one), 1)
      one.goOn()
    }
  }

  return async (size, work) => {
    if (fits(size)) taken += size
    else await new Promise<void>(goOn => waiting.push({ size, goOn }))
    try {
      return await work()
    } finally {
      taken -= size
      letIn()
    }
  }
}
