import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { tryLock } from './lock.ts'

// The ports are below those that Linux (from 32768) and macOS (from 49152) use for outgoing connections, so that a server that is
// killed and started again finds its port free, however many connections a test opens.
const usual: [lowest: number, above: number] = [20_000, 32_000]
const attempts = 100

/** The directory with a file for each reserved port. All checkouts of this repository on this machine share it. */
const claims = join(tmpdir(), `ecr-anywhere-ports-${userInfo().username}`)
const claimed: string[] = []

/**
 * Reserves `count` ports on 127.0.0.1 on which no process listens. While this process lives, no other caller gets one of them: neither
 * before a server listens there, nor while that server is restarted.
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

/** Reserves a port until this process ends. `tryLock` takes over the file of a killed process. */
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
