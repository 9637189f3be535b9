import { sentence } from '@ecr-anywhere/shared/fault.ts'

/**
 * What stdout says of an error that ended a subcommand: the last line is the pod's termination message, and with `--output json` stdout is
 * one JSON document, always.
 *
 * @param args the command line, without the program
 */
export function failureText(error: unknown, args: readonly string[]): string {
  return asksForJson(args) ? failureJson(sentence(error)) : `ecr-anywhere: ${sentence(error)}`
}

/** What stdout says of a command line that is wrong, which stderr explains; undefined for nothing. */
export function usageText(message: string, args: readonly string[]): string | undefined {
  return asksForJson(args) ? failureJson(message.replace(/^error: /, '')) : undefined
}

function failureJson(error: string): string {
  return JSON.stringify({ error })
}

/** As commander reads it: the last one counts. */
function asksForJson(args: readonly string[]): boolean {
  const outputs = args.flatMap((arg, at) => (arg === '--output' ? (args[at + 1] ?? '') : (/^--output=(.*)$/s.exec(arg)?.[1] ?? [])))
  return outputs.at(-1) === 'json'
}
