/** Runs `work`, which needs `size` of the room, as soon as that much is free. */
export type Room = <T>(size: number, work: () => Promise<T>) => Promise<T>

/**
 * Limits concurrent work by size instead of by number. Work that does not fit waits. Smaller work that fits may overtake it, so that large
 * work never delays small work. It holds state and reaches nothing ambient.
 *
 * @param total the maximum size of all work in progress; work that is larger waits until it can run alone
 */
export function room(total: number): Room {
  let taken = 0
  const waiting: { size: number; start: () => void }[] = []
  const fits = (size: number) => taken === 0 || taken + size <= total

  function startWaiting(): void {
    for (const one of waiting.filter(({ size }) => fits(size))) {
      if (!fits(one.size)) continue
      taken += one.size
      waiting.splice(waiting.indexOf(one), 1)
      one.start()
    }
  }

  return async (size, work) => {
    if (fits(size)) taken += size
    else await new Promise<void>(start => waiting.push({ size, start }))
    try {
      return await work()
    } finally {
      taken -= size
      startWaiting()
    }
  }
}
