/** The flags of a program that uses Go's package `flag`. */
export interface GoFlags {
  values: Readonly<Record<string, string>>
  /** Names of flags that the program does not have. */
  unknown: readonly string[]
}

/**
 * Reads `-name=value`, `--name=value`, `-name value` and `--name value`. Of a flag that is given twice the last value counts. The flags end
 * at `--` and at the first other argument. https://pkg.go.dev/flag#hdr-Command_line_flag_syntax
 */
export function readGoFlags(args: readonly string[], known: readonly string[]): GoFlags {
  const values: Record<string, string> = {}
  const unknown: string[] = []
  for (let at = 0; at < args.length; at += 1) {
    const [, name, given] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(args[at] ?? '') ?? []
    if (name === undefined) break
    if (!known.includes(name)) unknown.push(name)
    else if (given !== undefined) values[name] = given
    else {
      at += 1
      values[name] = args[at] ?? ''
    }
  }
  return { values, unknown }
}
