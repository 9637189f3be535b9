import { secretKeys } from './log.ts'

const levels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
type Write = (fields: object, text: string) => void
export type TextLog = Record<'debug' | 'info' | 'warn' | 'error', Write>

/**
 * A log of lines for people, for a Job whose report is text: a log in JSON between lines of text can be read neither by people nor by programs.
 * A line has the level, the message and the fields, such as `error: not renewed: namespace=a name=b cause="no such role"`.
 *
 * @param level the lowest level that is written, of pino's levels
 * @param write writes one line, which has no end of line
 */
export function textLog(level: string, write: (line: string) => void): TextLog {
  const lowest = levels.indexOf(level)
  const at = (name: string): Write => {
    if (levels.indexOf(name) < lowest) return () => {}
    return (fields, text) => write([`${name}: ${text}`, fieldsText(fields)].filter(part => part !== '').join(': '))
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function fieldsText(fields: object): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${secretKeys.includes(key) ? '[redacted]' : valueText(value)}`)
    .join(' ')
}

/** A value with a space, a quote or a control character is quoted, so that a line stays a line and fields can be told apart. */
function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /^[^\s"=\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text)
}
