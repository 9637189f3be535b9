import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { resolve } from 'node:path'
import { execPath } from 'node:process'
import { createInterface } from 'node:readline'
import t from 'tap'
import { freePorts } from '../ports.ts'

/** A small range, in which two requests would get the same port without a reservation. */
const lowest = randomInt(13_000, 19_000)
const range: [number, number] = [lowest, lowest + 4]

t.test('a port is reserved by one process at a time, before a server listens there and until that process ends', async t => {
  const mine = await freePorts(2, range)
  const other = await asker()
  t.same(
    [...mine, ...other.ports].sort(),
    [0, 1, 2, 3].map(at => lowest + at),
  )
  await t.rejects(freePorts(1, range), { message: `found no 1 free ports from ${lowest} to ${lowest + 3} on 127.0.0.1 in 100 attempts.` })
  other.process.kill('SIGKILL')
  await once(other.process, 'exit')
  t.same((await freePorts(2, range)).sort(), [...other.ports].sort(), 'the ports of a killed process are free again')
})

t.test('a port on which a process listens is not returned', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await t.rejects(freePorts(1, [port, port + 1]), /found no 1 free ports/)
})

/** Starts another process that reserves two ports. */
async function asker() {
  const script = `import { freePorts } from '${resolve(import.meta.dirname, '../ports.ts')}'
    console.log(JSON.stringify(await freePorts(2, [${range}])))
    setInterval(() => {}, 1000)`
  const process = spawn(execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => process.kill('SIGKILL'))
  const [line] = await once(createInterface(process.stdout), 'line')
  return { process, ports: JSON.parse(String(line)) as number[] }
}
