import type { Fault } from '../aws/faults.ts'
import { eventually } from './eventually.ts'
import { type Product, releaseNamespace, webhookPods } from './product.ts'

/** Sets the faults of AWS. Without faults, AWS works. */
export async function faults({ registry }: Product, ...list: Fault[]): Promise<void> {
  await registry.control('PUT', '/_emulator/faults', list)
}

/** Sets the lifetime of new tokens of AWS. */
export async function tokenLife({ registry }: Product, hours: number): Promise<void> {
  await registry.control('PUT', '/_emulator/settings', { tokenLifeSeconds: hours * 3600 })
}

/** Restarts the webhook, so that it has no cached tokens, and waits until no previous pod is left. */
export async function forgetTokens({ kubectl }: Product): Promise<void> {
  const names = async () => (await kubectl('get', 'pods', '-n', releaseNamespace, '-l', webhookPods, '-o', 'name')).trim().split('\n')
  const before = new Set(await names())
  await kubectl('rollout', 'restart', 'deployment/ecr-anywhere-webhook', '-n', releaseNamespace)
  await kubectl('rollout', 'status', 'deployment/ecr-anywhere-webhook', '-n', releaseNamespace, '--timeout=240s')
  await eventually('the previous pods are deleted', async () => (await names()).every(name => !before.has(name)))
}
