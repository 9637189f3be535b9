import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'

/**
 * The text on stdout for an error that ended a subcommand. The last line is the termination message of the pod. With `--output json`, stdout
 * is always one JSON document.
 *
 * @param args the command line, without the program
 */
export function failureText(error: unknown, args: readonly string[]): string {
  return asksForDocument(args) ? failureJson(sentence(error)) : `ecr-anywhere: ${sentence(error)}`
}

/** The same for a command for operators, on stderr unless they asked for a document. */
export function operatorFailureText(error: unknown, args: readonly string[]): string {
  if (error instanceof Fault || asksForDocument(args)) return failureText(error, args)
  return `${failureText(error, args)} was not expected here. Run it again with --debug, which prints the stack trace.`
}

/** The text on stdout for an invalid command line, which stderr explains. Undefined if stdout stays empty. */
export function usageText(message: string, args: readonly string[]): string | undefined {
  return asksForDocument(args) ? failureJson(message.replace(/^error: /, '')) : undefined
}

function failureJson(error: string): string {
  return JSON.stringify({ error })
}

/** Whether stdout is one document of JSON, or of YAML, of which JSON is a part. As in commander, the last `--output` takes effect. */
export function asksForDocument(args: readonly string[]): boolean {
  const outputs = args.flatMap((arg, at) => {
    if (arg === '--output' || arg === '-o') return args[at + 1] ?? ''
    return /^(?:--output=|-o)(\w*)$/s.exec(arg)?.[1] ?? []
  })
  const last = outputs.at(-1)
  return last === 'json' || last === 'yaml'
}
