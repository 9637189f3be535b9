import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { eventually } from './eventually.ts'
import { ended, startJob } from './jobs.ts'
import { killPod, podNames } from './processes.ts'
import { type Product, releaseNamespace } from './product.ts'

const port = 7443
const program = resolve(import.meta.dirname, 'holding-proxy.ts')

/** A run of `certs` that is killed (SIGKILL) after its first write, before it learns that it was stored. */
export type KilledCerts = () => Promise<{ write: string } | { log: string }>

/** @returns a function that runs `certs` so: it gives the write after which it was killed, or the log of a run that had nothing to write */
export async function killedCerts(product: Product): Promise<KilledCerts> {
  const { node, kubectl } = product
  const name = 'holding-proxy'
  const args = [program, `--pki=${join(node.dir, 'pki')}`, `--host=${node.ip}`, `--port=${port}`, `--to=${node.url}`]
  node.start({ name, file: process.execPath, args })
  const said = async () => (await readFile(join(node.dir, `${name}.log`), 'utf8')).split('\n')
  const held = async () => (await said()).filter(line => line.startsWith('held '))
  await node.until(name, async () => (await said()).includes('listening'))
  const env = { KUBERNETES_SERVICE_HOST: node.ip, KUBERNETES_SERVICE_PORT: String(port) }

  return async () => {
    const before = (await held()).length
    const job = await startJob(product, 'ecr-anywhere-certs', env, 0)
    let hasEnded = false
    const end = ended(product, job).then(() => {
      hasEnded = true
    })
    // Where the wait below fails, nobody waits for this one, and it must not fail another test.
    end.catch(() => {})
    const write = await eventually(`${job} writes, or ends`, async () => {
      const [line] = (await held()).slice(before)
      return line ?? (hasEnded && 'none')
    })
    if (write === 'none') return { log: await kubectl('logs', `job/${job}`, '-n', releaseNamespace) }
    const [pod = ''] = await podNames(product, `job-name=${job}`)
    await killPod(product, pod)
    await end
    return { write }
  }
}
