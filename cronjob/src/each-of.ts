/** Calls `work`, which must not throw, for every item, with at most `concurrency` calls at a time. */
export async function eachOf<T>(items: readonly T[], concurrency: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const item of left) await work(item)
    }),
  )
}
