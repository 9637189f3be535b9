import type { Fault } from '../aws/faults.ts'
import { eventually } from './eventually.ts'
import { type Product, releaseNamespace, webhookPods } from './product.ts'

/** From now on AWS fails so; or, with none, works again. */
export async function faults({ registry }: Product, ...list: Fault[]): Promise<void> {
  await registry.control('PUT', '/_emulator/faults', list)
}

/** The life of the tokens that AWS makes from now on. */
export async function tokenLife({ registry }: Product, hours: number): Promise<void> {
  await registry.control('PUT', '/_emulator/settings', { tokenLifeSeconds: hours * 3600 })
}

/** Restarts the webhook and waits until no pod of before is there: whatever it remembered is forgotten. */
export async function forgetTokens({ kubectl }: Product): Promise<void> {
  const names = async () => (await kubectl('get', 'pods', '-n', releaseNamespace, '-l', webhookPods, '-o', 'name')).trim().split('\n')
  const before = new Set(await names())
  await kubectl('rollout', 'restart', 'deployment/ecr-anywhere-webhook', '-n', releaseNamespace)
  await kubectl('rollout', 'status', 'deployment/ecr-anywhere-webhook', '-n', releaseNamespace, '--timeout=240s')
  await eventually('the pods of before are gone', async () => (await names()).every(name => !before.has(name)))
}
