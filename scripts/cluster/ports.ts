import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { tryLock } from './lock.ts'

// Below the ports that Linux (32768 and up) and macOS (49152 and up) give to outgoing connections: a server that is killed and started
// again finds its port free, however many connections a test opens meanwhile.
const usual: [lowest: number, above: number] = [20_000, 32_000]
const attempts = 100

/** A file for each port that some process of this repository has asked for, in any checkout on this machine. */
const claims = join(tmpdir(), `ecr-anywhere-ports-${userInfo().username}`)
const claimed: string[] = []

/**
 * `count` different ports that nothing listens on at 127.0.0.1. Nobody else who asks here is given one of them while this process lives:
 * between the question and a server that listens there, and while that server is restarted, others ask, too.
 */
export async function freePorts(count: number, [lowest, above] = usual): Promise<number[]> {
  await mkdir(claims, { recursive: true })
  const ports = new Set<number>()
  for (let attempt = 0; ports.size < count; attempt++) {
    if (attempt === attempts)
      throw new Error(`found no ${count} free ports from ${lowest} to ${above - 1} on 127.0.0.1 in ${attempts} attempts.`)
    const port = randomInt(lowest, above)
    if ((await claim(port)) && (await isFree(port))) ports.add(port)
  }
  return [...ports]
}

/** A claim ends with its process: one that is killed leaves a file which `tryLock` takes over. */
async function claim(port: number): Promise<boolean> {
  const path = join(claims, String(port))
  if (!(await tryLock(path))) return false
  if (claimed.push(path) === 1) process.once('exit', () => claimed.map(one => rmSync(one, { force: true })))
  return true
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
