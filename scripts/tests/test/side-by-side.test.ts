import t from 'tap'
import { atOnce, sideBySide } from '../side-by-side.ts'

const lane = (name: string, script: string) => ({ name, file: process.execPath, args: ['--eval', script] })

t.test('lines are shown behind the name of their command, but for closing lines, and the worst exit code is returned', async t => {
  const said: string[] = []
  const failing =
    "console.log('not ok  a test'); console.error('why'); console.log('cluster on 1.30.14: 2 passed, 1 failed'); process.exit(3)"
  const code = await sideBySide([lane('1.30', failing), lane('1.37', "console.log('ok')")], line => said.push(line))
  t.equal(code, 3)
  t.same(said.sort(), ['1.30 | not ok  a test', '1.30 | why', '1.37 | ok', 'cluster on 1.30.14: 2 passed, 1 failed'])
})

t.test('so many run at once, and the next begin when those have ended', async t => {
  const said: string[] = []
  const wait = "console.log('begins'); setTimeout(() => console.log('ends'), 100)"
  const lanes = Array.from({ length: 2 * atOnce }, (_, at) => lane(String(at), wait))
  t.equal(await sideBySide(lanes, line => said.push(line.replace(/^\d+ \| /, ''))), 0)
  const half = [...Array<string>(atOnce).fill('begins'), ...Array<string>(atOnce).fill('ends')]
  t.same(said, [...half, ...half])
})

t.test('a command that a signal ends has failed', async t => {
  t.equal(await sideBySide([lane('1.30', "process.kill(process.pid, 'SIGKILL')")], () => {}), 1)
})
