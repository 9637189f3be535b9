import { glob, readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { type Product, releaseNamespace } from './product.ts'

/** Kills the process of the product in one pod, from outside the pod (SIGKILL). */
export async function killPod({ kubectl }: Product, name: string): Promise<void> {
  const uid = await kubectl('get', 'pod', name, '-n', releaseNamespace, '-o', 'jsonpath={.metadata.uid}')
  let killed = 0
  for await (const file of glob('/proc/[0-9]*/cgroup')) {
    // A process that has exited in the meantime is ignored.
    const [place, command] = await Promise.all([readFile(file, 'utf8'), readFile(`${dirname(file)}/cmdline`, 'utf8')]).catch(() => ['', ''])
    if (!place.includes(uid) || !command.includes('/app/ecr-anywhere.js')) continue
    process.kill(Number(basename(dirname(file))), 'SIGKILL')
    killed++
  }
  if (killed !== 1) throw new Error(`killed ${killed} processes of pod ${name}, wanted 1`)
}

/** @returns the names of the pods with a label, except those that are being deleted */
export async function podNames({ kubectl }: Product, label: string): Promise<string[]> {
  const { items } = JSON.parse(await kubectl('get', 'pods', '-n', releaseNamespace, '-l', label, '-o', 'json'))
  const live = items.filter((pod: { metadata: { deletionTimestamp?: string } }) => pod.metadata.deletionTimestamp === undefined)
  return live.map((pod: { metadata: { name: string } }) => pod.metadata.name)
}
