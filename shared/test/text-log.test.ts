import t from 'tap'
import { secretKeys } from '../src/log.ts'
import { type TextLog, textLog } from '../src/text-log.ts'

function logged(level: string, write: (log: TextLog) => void): string[] {
  const lines: string[] = []
  write(textLog(level, line => void lines.push(line)))
  return lines
}

t.test('a line has the level, the message and the fields', async t => {
  const fields = { namespace: 'a', cause: 'no such role', left: undefined, count: 2 }
  t.strictSame(
    logged('info', log => log.error(fields, 'not renewed')),
    ['error: not renewed: namespace=a cause="no such role" count=2'],
  )
  t.strictSame(
    logged('info', log => log.warn({}, 'finishing')),
    ['warn: finishing'],
  )
})

t.test('a field that another program wrote stays in its line', async t => {
  const [line = ''] = logged('info', log => log.error({ cause: 'a\nerror: "forged" b=c' }, 'x'))
  t.equal(line, String.raw`error: x: cause="a\nerror: \"forged\" b=c"`)
})

t.test('levels below the wanted one are not written', async t => {
  const all = (log: TextLog) => {
    for (const name of ['debug', 'info', 'warn', 'error'] as const) log[name]({}, name)
  }
  t.strictSame(logged('trace', all), ['debug: debug', 'info: info', 'warn: warn', 'error: error'])
  t.strictSame(logged('warn', all), ['warn: warn', 'error: error'])
  t.strictSame(logged('error', all), ['error: error'])
  t.strictSame(logged('silent', all), [])
})

t.test('secret fields are redacted if they are passed to the log', async t => {
  for (const key of secretKeys)
    t.strictSame(
      logged('info', log => log.info({ [key]: 'hunter2' }, 'x')),
      [`info: x: ${key}=[redacted]`],
    )
})
