import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { freePorts } from '../cluster/ports.ts'

const pauseMs = 100
/** A cold start imports botocore's data, on a busy machine. */
const limitMs = 60_000

/**
 * Starts the server of moto, which others wrote after AWS's documentation. It accepts every key and every token.
 *
 * @param path the folder of its packages
 */
export async function startMoto(path: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const [port] = await freePorts(1)
  const env = { PATH: process.env.PATH, PYTHONPATH: path }
  const child = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], { env, stdio: 'ignore' })
  const ended = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  const untilMs = performance.now() + limitMs
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > untilMs) throw new Error(`found no moto at ${url} after ${limitMs} ms`)
    await setTimeout(pauseMs)
  }
  return {
    url,
    stop: async () => {
      child.kill()
      await ended
    },
  }
}

async function answers(url: string): Promise<boolean> {
  return await fetch(`${url}/moto-api/data.json`).then(
    ({ ok }) => ok,
    () => false,
  )
}
