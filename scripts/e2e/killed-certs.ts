import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { eventually } from './eventually.ts'
import { ended, startJob } from './jobs.ts'
import { killPod, podNames } from './processes.ts'
import { type Product, releaseNamespace } from './product.ts'

const port = 7443
const program = resolve(import.meta.dirname, 'holding-proxy.ts')

/** The result of a run of `certs` that is killed (SIGKILL) after its first write and before the answer to it. */
export type KilledCerts = () => Promise<{ write: string } | { log: string }>

/** @returns a function that runs `certs`. It returns the write after which the run was killed, or the log of a run without writes */
export async function killedCerts(product: Product): Promise<KilledCerts> {
  const { node, kubectl } = product
  const name = 'holding-proxy'
  const args = [program, `--pki=${join(node.dir, 'pki')}`, `--host=${node.ip}`, `--port=${port}`, `--to=${node.url}`]
  node.start({ name, file: process.execPath, args })
  const logLines = async () => (await readFile(join(node.dir, `${name}.log`), 'utf8')).split('\n')
  const heldWrites = async () => (await logLines()).filter(line => line.startsWith('held '))
  await node.until(name, async () => (await logLines()).includes('listening'))
  const env = { KUBERNETES_SERVICE_HOST: node.ip, KUBERNETES_SERVICE_PORT: String(port) }

  return async () => {
    const before = (await heldWrites()).length
    const job = await startJob(product, 'ecr-anywhere-certs', env, 0)
    let hasEnded = false
    const end = ended(product, job).then(() => {
      hasEnded = true
    })
    // If the wait below fails, this promise is not awaited, and its rejection must not fail another test.
    end.catch(() => {})
    const write = await eventually(`${job} has written or ended`, async () => {
      const [line] = (await heldWrites()).slice(before)
      return line ?? (hasEnded && 'none')
    })
    if (write === 'none') return { log: await kubectl('logs', `job/${job}`, '-n', releaseNamespace) }
    const [pod = ''] = await podNames(product, `job-name=${job}`)
    await killPod(product, pod)
    await end
    return { write }
  }
}
