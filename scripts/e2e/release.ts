import { isDeepStrictEqual } from 'node:util'
import { must } from '../testbed/testbed.ts'
import { eventually } from './eventually.ts'
import { type Product, releaseName, releaseNamespace, type Values } from './product.ts'
import { leftOfRelease } from './release-objects.ts'
import { type Revision, remedy } from './remedy.ts'

/** @returns the revisions of the release, the oldest first, or none if there is no release */
export async function revisions({ helm }: Product): Promise<Revision[]> {
  const names = (await must(helm(['list', '--short']))).split('\n')
  return names.includes(releaseName) ? JSON.parse(await must(helm(['history', releaseName, '--output', 'json']))) : []
}

/** Follows the troubleshooting page after an interrupted Helm. @throws with the output of Helm if this fails */
export async function recover(product: Product): Promise<void> {
  const found = await revisions(product)
  const command = remedy(found, releaseName)
  console.error(`${inWords(found)}: ${command === undefined ? 'nothing to do' : `helm ${command.join(' ')}`}`)
  if (command !== undefined) await must(product.helm(command))
}

/** Makes sure that the release is deployed with these values, whatever its state is. */
export async function ensureDeployed(product: Product, values: Values): Promise<void> {
  const found = await revisions(product)
  if (found.at(-1)?.status === 'deployed') {
    const present = await must(product.helm(['get', 'values', releaseName, '--output', 'json']))
    if (isDeepStrictEqual(JSON.parse(present), values)) return
  } else await recover(product)
  await must((await revisions(product)).length === 0 ? product.install(values) : product.upgrade(values))
}

/** Makes sure that there is no release and no leftover of one, whatever its state is. */
export async function ensureAbsent(product: Product): Promise<void> {
  if ((await revisions(product)).length > 0) await must(product.helm(['uninstall', releaseName, '--wait']))
  // These are left by an incomplete install: hooks, and the Secrets that they created before their owner existed.
  const left = await leftOfRelease(product)
  if (left.length > 0) await product.kubectl('delete', '--ignore-not-found', '-n', releaseNamespace, ...left)
  await goneAll(product)
}

/** Waits until no object of the release is left. */
export async function goneAll(product: Product): Promise<void> {
  let left: string[] = []
  const isGone = async () => {
    left = await leftOfRelease(product)
    return left.length === 0
  }
  await eventually('no object of the release is left', isGone, () => left.join())
}

function inWords(found: readonly Revision[]): string {
  return found.length === 0 ? 'no release' : found.map(({ revision, status }) => `${revision} ${status}`).join(', ')
}
