/** A row of the table: the measured value, and that of a bare program in the same run. */
export interface Figure {
  what: string
  /** The unit, such as `/s`, `ms`, `MB` or `calls`. */
  unit: string
  ours: number
  /** The value of the bare program, if there is one. */
  bare?: number
  /** The value that is compared with the bound: the ratio to the bare program, or else the measured value. */
  value: number
  /** The lowest and the highest value of the pairs. */
  spread?: [number, number]
  /** The bound on `value`. Without it the figure is only for information. */
  wanted?: { atLeast: number } | { atMost: number }
}

export function isMet({ value, wanted }: Figure): boolean {
  if (wanted === undefined) return true
  return 'atLeast' in wanted ? value >= wanted.atLeast : value <= wanted.atMost
}

/** The rows of the table as text, beginning with the heading. */
export function rowsOf(figures: readonly Figure[]): string[][] {
  return [['what', 'ours', 'bare', 'ratio or value', 'spread', 'wanted', ''], ...figures.map(rowOf)]
}

/** The table in Markdown, for the page. */
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
