import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/load-kube-config.ts'
import { kubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { readSettingsFile } from '@ecr-anywhere/shared/settings-file.ts'
import { checkOnce } from './check.ts'
import { readExpected } from './expected.ts'
import { checkWorld } from './kube/world.ts'
import { untilSettled } from './until-settled.ts'

/** Requests at a time: there are a few for each tenant. */
const connections = 4

/**
 * `ecr-anywhere check`: does every tenant get tokens, is everything that the release has in force? In dry runs alone, and without any AWS
 * rights.
 *
 * @returns 0 if so, 1 with the causes if not @throws Fault `settings`
 */
export async function main(): Promise<number> {
  const settings = readSettings(settingsOf.check, process.env)
  const { RELEASE_NAMESPACE: namespace, PROBE_SECRET: probe, EXPECTED_FILE, NAMESPACES, CHECK_TIMEOUT } = settings
  const expected = readExpected(await readSettingsFile('EXPECTED_FILE', EXPECTED_FILE, path => readFile(path, 'utf8')))
  const client = await kubeTransport(loadKubeConfig(), connections)
  const world = checkWorld(kubernetes(client), NAMESPACES)
  const look = () => checkOnce({ expected, namespace, probe }, world)
  const { problems, asked } = await untilSettled(look, CHECK_TIMEOUT, { nowMs: () => performance.now(), sleep })
  client.close()
  const words =
    problems.length === 0
      ? 'check: every tenant has a token, and every webhook and policy of the release is in force'
      : `check failed: ${problems.map(({ why }) => why).join('; ')}`
  process.stdout.write(`${[...asked, words].join('\n')}\n`)
  return problems.length === 0 ? 0 : 1
}
