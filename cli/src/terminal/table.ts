import type { Colour } from './paint.ts'
import type { Screen } from './screen.ts'

export interface Column {
  title: string
  /** The column may be shortened to this width if the screen is too narrow; the widest such column is shortened first. */
  min?: number
}

export type Cell = string | { text: string; colour: Colour }

const gap = 2

/**
 * A table whose columns are as wide as their widest cell, or narrower where the screen requires it. A shortened cell ends with `…`.
 *
 * @returns lines without trailing spaces; only a header if there are no rows
 */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], { columns: width, paint }: Screen): string[] {
  const widths = fitted(columns, natural(columns, rows), width)
  const line = (cells: readonly Cell[]) =>
    cells
      .map((cell, at) => {
        const shown = shortened(textOf(cell), widths[at] ?? 0)
        const padding = at === cells.length - 1 ? '' : ' '.repeat(Math.max((widths[at] ?? 0) - shown.length, 0) + gap)
        return (typeof cell === 'string' || shown === '' ? shown : paint(shown, cell.colour)) + padding
      })
      .join('')
      .trimEnd()
  return [columns.map(({ title }) => title), ...rows].map(line)
}

function natural(columns: readonly Column[], rows: readonly (readonly Cell[])[]): number[] {
  return columns.map(({ title }, at) => rows.reduce((most, row) => Math.max(most, textOf(row[at] ?? '').length), title.length))
}

function fitted(columns: readonly Column[], widths: number[], screen: number | undefined): number[] {
  if (screen === undefined) return widths
  const least = columns.map(({ min, title }, at) => (min === undefined ? (widths[at] ?? 0) : Math.max(min, title.length)))
  const total = () => widths.reduce((sum, width) => sum + width + gap, -gap)
  while (total() > screen) {
    const spare = widths.map((width, at) => width - (least[at] ?? 0))
    const widest = widths.reduce(
      (best, width, at) => ((spare[at] ?? 0) > 0 && width > (widths[best] ?? 0) ? at : best),
      spare.findIndex(one => one > 0),
    )
    if (widest === -1) return widths
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 0))}…`
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text
}
