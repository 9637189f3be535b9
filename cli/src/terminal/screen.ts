import { isColoured, type Paint, paintWith } from './paint.ts'

/** Where a command writes text: how wide it is, and whether it has colours. */
export interface Screen {
  /** Undefined for a pipe or a file, in which no line is shortened. */
  columns: number | undefined
  paint: Paint
}

/** @param env a record of variables, such as process.env */
export function screenOf({ isTTY, columns }: { isTTY?: boolean; columns?: number }, env: Record<string, string | undefined>): Screen {
  return { columns: isTTY === true ? columns : undefined, paint: paintWith(isColoured({ isTTY, env })) }
}

/** What a repeated screen begins with: on a terminal, the sequences that empty it; in a pipe, an empty line. */
export function clearScreen({ isTTY }: { isTTY?: boolean }): string {
  return isTTY === true ? '\u001B[H\u001B[2J' : '\n'
}
