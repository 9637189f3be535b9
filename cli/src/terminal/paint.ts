/** A colour of the terminal's own palette, so that it suits light and dark backgrounds. */
export type Colour = 'green' | 'yellow' | 'red' | 'dim' | 'bold'

export type Paint = (text: string, colour: Colour) => string

const codes: Record<Colour, number> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 }

/** Colours a text, or leaves it as it is. */
export function paintWith(coloured: boolean): Paint {
  return coloured ? (text, colour) => `\u001B[${codes[colour]}m${text}\u001B[0m` : text => text
}

/**
 * Whether to write colours: only on a terminal, and not if NO_COLOR is set (https://no-color.org).
 *
 * @param env a record of variables, such as process.env
 */
export function isColoured({ isTTY, env }: { isTTY: boolean | undefined; env: Record<string, string | undefined> }): boolean {
  return isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
}
