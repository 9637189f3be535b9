import { setTimeout as sleep } from 'node:timers/promises'
import { namedFile } from '@ecr-anywhere/shared/files/named-file.ts'
import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/load-kube-config.ts'
import { kubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { checkOnce } from './check.ts'
import { readExpected } from './expected.ts'
import { checkWorld } from './kube/world.ts'
import { untilSettled } from './until-settled.ts'
import { verdictOf } from './verdict.ts'

/** The number of concurrent requests. A check sends a few for each tenant. */
const connections = 4

/**
 * `ecr-anywhere check`: verifies that every tenant gets tokens and that every admission object of the release is in force. It writes only in
 * dry runs, and needs no AWS permissions.
 *
 * @returns 0 if so, 1 with the causes if not @throws Fault `settings`
 */
export async function main(): Promise<number> {
  const settings = readSettings(settingsOf.check, process.env)
  const { RELEASE_NAMESPACE: namespace, PROBE_SECRET: probe, EXPECTED_FILE, NAMESPACES, CHECK_TIMEOUT } = settings
  const expected = readExpected(await namedFile('EXPECTED_FILE', EXPECTED_FILE))
  const transport = await kubeTransport(loadKubeConfig(), connections)
  // Requests are not retried, because the whole check is repeated.
  const world = checkWorld(kubernetes(transport), NAMESPACES)
  const look = () => checkOnce({ expected, namespace, probe }, world)
  const { text, exitCode } = verdictOf(await untilSettled(look, CHECK_TIMEOUT, { nowMs: () => performance.now(), sleep }))
  transport.close()
  process.stdout.write(`${text}\n`)
  return exitCode
}
