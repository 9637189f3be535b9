import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

// Below the ports that Linux (32768 and up) and macOS (49152 and up) give to outgoing connections: a server that is killed and started
// again finds its port free, however many connections a test opens meanwhile.
const lowest = 20_000
const highest = 32_000
const attempts = 100

/** `count` different ports that nothing listens on at 127.0.0.1. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  for (let attempt = 0; ports.size < count; attempt++) {
    if (attempt === attempts)
      throw new Error(`found no ${count} free ports between ${lowest} and ${highest} on 127.0.0.1 in ${attempts} attempts.`)
    const port = randomInt(lowest, highest)
    if (await isFree(port)) ports.add(port)
  }
  return [...ports]
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false
    throw error
  }
  server.close()
  await once(server, 'close')
  return true
}
