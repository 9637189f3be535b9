/** Colors are used only on a terminal and without NO_COLOR. */
const isPlain = process.stdout.isTTY !== true || process.env.NO_COLOR !== undefined
const paint = (code: number) => (text: string) => (isPlain ? text : `\u001B[${code}m${text}\u001B[0m`)
const [bold, dim, cyan] = [paint(1), paint(2), paint(36)]

let steps = 0

/** Prints the heading of a step. */
export function step(title: string): void {
  steps += 1
  console.log(`\n${bold(`${steps}. ${title}`)}`)
}

/** Prints a command that a user would type. */
export function showCommand(command: string): void {
  console.log(cyan(`$ ${command}`))
}

/** Prints the output of a command. Long output is shortened in the middle. */
export function showOutput(text: string, most = 14): void {
  const lines = text.trimEnd().split('\n')
  const cut = lines.length > most ? [...lines.slice(0, most - 2), `… ${lines.length - most + 1} more lines`, ...lines.slice(-1)] : lines
  console.log(cut.map(line => dim(`  ${line}`)).join('\n'))
}

/** Prints an explanation. */
export function explain(text: string): void {
  console.log(`  ${text}`)
}
