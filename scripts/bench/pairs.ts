import type { Figure } from './figures.ts'

export interface Pair {
  ours: number
  bare: number
}

/** Measures both alternately, so that other load on the machine affects both equally. */
export async function pairs(count: number, ours: () => Promise<number>, bare: () => Promise<number>): Promise<Pair[]> {
  const found: Pair[] = []
  for (let at = 0; at < count; at += 1) {
    // The order alternates, because the second may have warmer caches.
    const first = at % 2 === 0 ? await ours() : await bare()
    const second = at % 2 === 0 ? await bare() : await ours()
    found.push(at % 2 === 0 ? { ours: first, bare: second } : { ours: second, bare: first })
  }
  return found
}

/**
 * Measures pairs of which each is the medians of short measurements that alternate. For figures that are so close that what the machine does in
 * between, such as the deletion of what was created, would hide their difference.
 */
export async function interleaved(
  count: number,
  batches: number,
  ours: () => Promise<number>,
  bare: () => Promise<number>,
): Promise<Pair[]> {
  const found: Pair[] = []
  while (found.length < count) {
    const short = await pairs(batches, ours, bare)
    found.push({ ours: median(short.map(pair => pair.ours)), bare: median(short.map(pair => pair.bare)) })
  }
  return found
}

/** The median ratio of the pairs, and the medians of both. */
export function ratioFigure(found: readonly Pair[], { what, unit, wanted }: Pick<Figure, 'what' | 'unit' | 'wanted'>): Figure {
  const ratios = found.map(({ ours, bare }) => ours / bare)
  return {
    what,
    unit,
    ours: median(found.map(pair => pair.ours)),
    bare: median(found.map(pair => pair.bare)),
    value: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
    ...(wanted === undefined ? {} : { wanted }),
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
