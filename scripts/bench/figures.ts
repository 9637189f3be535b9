/** One line of the table: what was measured, beside what a bare program does in the same run. */
export interface Figure {
  what: string
  /** Such as `/s`, `ms`, `MB`, `calls`. */
  unit: string
  ours: number
  /** The bare baseline; absent where there is none. */
  bare?: number
  /** What is judged: a ratio to the baseline, or the figure itself where there is none. */
  value: number
  /** Lowest and highest value of the pairs. */
  spread?: [number, number]
  /** A bound on `value`; absent where the figure is for information. */
  wanted?: { atLeast: number } | { atMost: number }
}

export function isMet({ value, wanted }: Figure): boolean {
  if (wanted === undefined) return true
  return 'atLeast' in wanted ? value >= wanted.atLeast : value <= wanted.atMost
}

/** Rows of texts, the first the heading. */
export function rowsOf(figures: readonly Figure[]): string[][] {
  return [['what', 'ours', 'bare', 'ratio or value', 'spread', 'wanted', ''], ...figures.map(rowOf)]
}

/** For the README. */
export function markdownTable(rows: readonly string[][]): string {
  const [heading = [], ...rest] = rows
  return [heading, heading.map(() => '---'), ...rest].map(row => `| ${row.join(' | ')} |`).join('\n')
}

function rowOf(figure: Figure): string[] {
  const { what, unit, ours, bare, value, spread, wanted } = figure
  const limit = wanted === undefined ? '' : 'atLeast' in wanted ? `≥ ${rounded(wanted.atLeast)}` : `≤ ${rounded(wanted.atMost)}`
  return [
    what,
    `${rounded(ours)} ${unit}`,
    bare === undefined ? '' : `${rounded(bare)} ${unit}`,
    rounded(value),
    spread === undefined ? '' : `${rounded(spread[0])} to ${rounded(spread[1])}`,
    limit,
    wanted === undefined ? '' : isMet(figure) ? 'met' : 'MISSED',
  ]
}

/** Rounds to three significant digits, which is the precision of the measurement. */
function rounded(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
}
