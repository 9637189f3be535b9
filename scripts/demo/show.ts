/** Colours on a terminal, none in a pipe, none where NO_COLOR is set. */
const isPlain = process.stdout.isTTY !== true || process.env.NO_COLOR !== undefined
const paint = (code: number) => (text: string) => (isPlain ? text : `\u001B[${code}m${text}\u001B[0m`)
const [bold, dim, cyan] = [paint(1), paint(2), paint(36)]

let steps = 0

/** A heading of the story. */
export function step(title: string): void {
  steps += 1
  console.log(`\n${bold(`${steps}. ${title}`)}`)
}

/** A command as its reader would type it. */
export function typed(command: string): void {
  console.log(cyan(`$ ${command}`))
}

/** What came out of it; long outputs are cut in the middle. */
export function printed(text: string, most = 14): void {
  const lines = text.trimEnd().split('\n')
  const cut = lines.length > most ? [...lines.slice(0, most - 2), `… ${lines.length - most + 1} more lines`, ...lines.slice(-1)] : lines
  console.log(cut.map(line => dim(`  ${line}`)).join('\n'))
}

/** A word to the reader. */
export function said(text: string): void {
  console.log(`  ${text}`)
}
