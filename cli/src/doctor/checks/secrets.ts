import { namespacedName } from '@ecr-anywhere/shared/kube/namespaced-name.ts'
import { type Finding, failed, ok } from '../../findings/finding.ts'
import type { ManagedSecret } from '../../status/managed-secret.ts'
import { leftMs, longDueMs } from '../../status/managed-secret.ts'
import { shortTime } from '../../terminal/short-time.ts'
import type { Check } from '../check.ts'
import type { Facts } from '../facts/facts.ts'
import { counted, named } from '../named.ts'

export const writerChecks: readonly Check[] = [
  {
    id: 'secret-conflict',
    title: 'no other tool writes a managed Secret',
    run: async ({ secrets }) => {
      const found = (await secrets()).managed.filter(({ conflict }) => conflict !== undefined)
      const [first] = found
      if (first === undefined) return ok('nothing shows one')
      return failed(
        `of ${named(found.map(namespacedName))}: ${first.conflict}`,
        'one writer, which is the webhook',
        'Stop the other tool for this Secret, or remove the label of managed Secrets from it. docs/migrate describes how to come from other tools.',
      )
    },
  },
]

/** The states that `status` shows, and what pods say. */
export const secretChecks: readonly Check[] = [
  {
    id: 'secret-never-injected',
    title: 'each managed Secret was filled by the webhook',
    run: facts =>
      stateFinding(facts, ({ state }) => state === 'NeverInjected', 'without an expiry, so the webhook was never called for them'),
  },
  {
    id: 'secret-expired',
    title: 'no managed Secret has expired',
    run: facts => stateFinding(facts, ({ state }) => state === 'Expired', 'that have expired'),
  },
  {
    id: 'secret-long-due',
    title: 'no managed Secret is due for long',
    run: facts => stateFinding(facts, ({ isLongDue }) => isLongDue, `that have been due for more than ${shortTime(longDueMs)}`),
  },
  {
    id: 'pods-pulling',
    title: 'no pod waits for an image in ECR',
    run: async ({ pods }) => {
      const { waiting } = await pods()
      const [first] = waiting
      if (first === undefined) return ok('none')
      const each = waiting.map(({ namespace, name, trouble }) => `${namespace}/${name} (${trouble.failure.found})`)
      return failed(
        `${counted(waiting.length, 'container')} in ${first.trouble.reason}: ${named(each)}`,
        'images that their nodes can pull',
        `${first.trouble.failure.todo} \`ecr-anywhere verify pod/${first.name} --namespace ${first.namespace}\` says more.`,
      )
    },
  },
]

async function stateFinding({ secrets, nowMs }: Facts, isBad: (secret: ManagedSecret) => boolean, what: string): Promise<Finding> {
  const { managed } = await secrets()
  const found = managed.filter(isBad).sort((a, b) => (leftMs(a, nowMs) ?? 0) - (leftMs(b, nowMs) ?? 0))
  if (found.length === 0) return ok(`of ${counted(managed.length, 'managed Secret')}`)
  const [first] = found
  return failed(
    `${counted(found.length, 'managed Secret')} ${what}: ${named(found.map(namespacedName))}`,
    'credentials that are renewed in time',
    `If nothing before this failed, renew them: ecr-anywhere refresh --namespace ${first?.namespace}. It says why a Secret is not renewed.`,
  )
}
