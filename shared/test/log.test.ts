import { Writable } from 'node:stream'
import { pino } from 'pino'
import t from 'tap'
import { logOptions } from '../src/log.ts'

const secretKeys = ['password', 'auth', 'authorizationToken', 'data', 'stringData', 'patch', 'object', 'oldObject', 'body', 'ticket']

function logged(fields: object): string {
  let text = ''
  const stream = new Writable({
    write: (chunk, _, done) => {
      text += chunk
      done()
    },
  })
  pino(logOptions('trace'), stream).trace(fields, 'a message')
  return text
}

t.test('secret fields are redacted if they are passed to a logger', async t => {
  for (const key of [...secretKeys, 'secretAccessKey', 'sessionToken']) {
    t.notMatch(logged({ [key]: 'hunter2' }), 'hunter2', key)
    t.notMatch(logged({ [key]: { deep: ['hunter2'] } }), 'hunter2', key)
  }
})

t.test('the message of an error is not logged, because it may quote parsed data', async t => {
  const text = logged({ err: Object.assign(new SyntaxError('hunter2'), { code: 'ERR_X' }) })
  t.notMatch(text, 'hunter2')
  t.match(text, /"err":\{"name":"SyntaxError","code":"ERR_X"\}/)
})

t.test('a log line contains its level as a word, and neither host name nor process ID', async t => {
  t.match(JSON.parse(logged({ tenant: 'a' })), { level: 'trace', tenant: 'a', msg: 'a message' })
  t.notMatch(logged({}), /"pid"|"hostname"/)
})
