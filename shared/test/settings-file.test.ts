import t from 'tap'
import { exitCode } from '../src/fault.ts'
import { readSettingsFile } from '../src/settings-file.ts'

t.test('the text of the file is returned', async t => {
  t.equal(await readSettingsFile('A_FILE', '/a', async path => `content of ${path}`), 'content of /a')
})

t.test('the error for an unreadable file names the variable, the path and the code', async t => {
  const missing = Object.assign(new Error('hunter2'), { code: 'ENOENT' })
  const fault = await readSettingsFile('A_FILE', '/a', () => Promise.reject(missing)).catch((error: unknown) => error)
  t.match(fault, { kind: 'settings', message: /A_FILE: found \/a \(ENOENT\), wanted a readable file/ })
  t.equal(exitCode(fault), 2)
  t.notMatch((fault as Error).message, /hunter2/)
})
