import { logOptions } from '@ecr-anywhere/shared/log.ts'
import { type TextLog, textLog } from '@ecr-anywhere/shared/text-log.ts'
import { pino } from 'pino'

/**
 * The log of a Job, on stderr, in the form of its report on stdout.
 *
 * @param options of pino, which replace the usual ones
 */
export function stderrLog(format: 'text' | 'json', level: string, options: object = {}): TextLog {
  if (format === 'text') return textLog(level, line => void process.stderr.write(`${line}\n`))
  const destination = pino.destination({ dest: 2, sync: true })
  return pino({ ...logOptions(level), timestamp: pino.stdTimeFunctions.isoTime, ...options }, destination)
}
