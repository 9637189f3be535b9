import { sentence } from '@ecr-anywhere/shared/fault.ts'

/**
 * The text on stdout for an error that ended a subcommand. The last line is the termination message of the pod. With `--output json`, stdout
 * is always one JSON document.
 *
 * @param args the command line, without the program
 */
export function failureText(error: unknown, args: readonly string[]): string {
  return asksForJson(args) ? failureJson(sentence(error)) : `ecr-anywhere: ${sentence(error)}`
}

/** The text on stdout for an invalid command line, which stderr explains. Undefined if stdout stays empty. */
export function usageText(message: string, args: readonly string[]): string | undefined {
  return asksForJson(args) ? failureJson(message.replace(/^error: /, '')) : undefined
}

function failureJson(error: string): string {
  return JSON.stringify({ error })
}

/** As in commander, the last `--output` or `-o` takes effect. */
function asksForJson(args: readonly string[]): boolean {
  const outputs = args.flatMap((arg, at) =>
    arg === '--output' || arg === '-o' ? (args[at + 1] ?? '') : (/^(?:--output=|-o)(.*)$/s.exec(arg)?.[1] ?? []),
  )
  return outputs.at(-1) === 'json'
}
