import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkOnce, type Found } from '@ecr-anywhere/cronjob/check/check.ts'
import { type AdmissionObject, type Expected, readExpected } from '@ecr-anywhere/cronjob/check/expected.ts'
import { checkWorld } from '@ecr-anywhere/cronjob/check/kube/world.ts'
import type { Outcome } from '@ecr-anywhere/scripts/cluster/run.ts'
import { apiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { type AttestedOptions, type AttestedTestbed, find, startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { type Rendered, releaseNamespace } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import type { Test } from 'tap'

export const roleArn = 'arn:aws:iam::123456789012:role/pull-a'
const registries = ['123456789012.dkr.ecr.us-east-1.amazonaws.com']
const values = { tenants: [{ name: 'default' }, { name: 'team-a', registries, roleArn }] }

export interface CheckedTestbed extends AttestedTestbed {
  /** Kubeconfig of the check's own account. */
  account: string
  /** The content of the file that the chart mounts into the check. */
  expected: Expected
  /** One attempt of the check, with its service account. */
  look: () => Promise<Found>
  /** The whole check as its Job runs it, and how long it took. */
  check: (timeout?: string, expected?: Expected) => Promise<Outcome & { ms: number }>
}

/** The product with two tenants, `default` and `team-a`, and the check as the chart runs it. */
export async function startChecked(t: Test, { mode }: Pick<AttestedOptions, 'mode'> = {}): Promise<CheckedTestbed> {
  const bed = await startAttested(t, { values, emulator: { roles: [{ arn: roleArn }] }, mode })
  const { kubectl, kubeconfig } = bed.cluster
  const expected = expectedOf(bed.rendered, bed.registrations as AdmissionObject[])
  const account = join(bed.dir, 'check.kubeconfig')
  const token = (await must(kubectl('create', 'token', '-n', releaseNamespace, 'ecr-anywhere-check'))).trim()
  const config = { ...JSON.parse(await readFile(kubeconfig, 'utf8')), users: [{ name: 'user', user: { token } }] }
  await writeFile(account, JSON.stringify(config), { mode: 0o600 })

  const file = join(bed.dir, 'expected.json')
  const check: CheckedTestbed['check'] = async (timeout = '1s', mounted = expected) => {
    await writeFile(file, JSON.stringify({ ...mounted, ofEachTenant: [] }))
    const settings = {
      RELEASE_NAMESPACE: releaseNamespace,
      EXPECTED_FILE: file,
      PROBE_SECRET: 'ecr-anywhere-probe',
      CHECK_TIMEOUT: timeout,
    }
    const startMs = performance.now()
    const outcome = await bed.ecrAnywhere(['check'], { KUBECONFIG: account, ...settings })
    return { ...outcome, ms: performance.now() - startMs }
  }
  const client = await apiUser(account)
  t.teardown(client.close)
  const world = checkWorld(client.kubernetes, undefined)
  const look = () => checkOnce({ expected, namespace: releaseNamespace, probe: 'ecr-anywhere-probe' }, world)
  return { ...bed, account, expected, look, check }
}

/** The expected objects as the chart renders them, except that webhooks are called by URL, because this cluster has no Services. */
function expectedOf(rendered: readonly Rendered[], installed: readonly AdmissionObject[]): Expected {
  const written = readExpected(find(rendered, 'ConfigMap', 'ecr-anywhere-check').data['expected.json'])
  const objects = written.objects.map(object => {
    if (object.kind !== 'MutatingWebhookConfiguration' && object.kind !== 'APIService') return object
    const own = installed.find(({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name)
    return { ...object, ...own, metadata: object.metadata }
  })
  return { ...written, objects }
}

export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}
