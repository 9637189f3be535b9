import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { labels } from '@ecr-anywhere/shared/names.ts'
import { stringify } from 'yaml'
import type { ControlPlane } from '../cluster/control-plane.ts'
import type { Outcome } from '../cluster/run.ts'
import { ageSecrets } from '../testbed/aged-secrets.ts'
import { logins } from '../testbed/logins.ts'
import { ownRegistry, type Testbed } from '../testbed/testbed.ts'
import { showOneLabel } from './one-label.ts'
import { explain, showCommand, showOutput, step } from './show.ts'

/** Shows the examples of the README step by step. @throws if a step has an unexpected result */
export async function demonstrate({ bed, cluster }: { bed: Testbed; cluster: ControlPlane }): Promise<void> {
  const { emulator } = bed
  /** Writes manifests to a file of this name, and applies it. */
  const apply = async (file: string, manifests: object[], { how = '', fails = false } = {}) => {
    await writeFile(join(bed.dir, file), manifests.map(one => `---\n${stringify(one)}`).join(''))
    const outcome = await cluster.kubectl('apply', ...(how === '' ? [] : [how]), '-f', join(bed.dir, file))
    return shown(`kubectl apply ${how === '' ? '' : `${how} `}-f ${file}`, outcome, fails)
  }
  const refresh = async (fails = false) => shown('ecr-anywhere refresh', await bed.ecrAnywhere(['refresh']), fails)
  const restarted = async () => {
    await bed.restartWebhook({}, 'SIGTERM')
    explain('(The webhook was restarted, so it has no cached tokens.)')
  }
  const sevenHoursLater = async (namespace: string, names: string[]) => {
    await ageSecrets(cluster, { namespace, names, hours: 7 })
    explain(
      '(The Secrets were changed as if 7 hours had passed. With 5 of 12 hours left, which is less than REFRESH_BEFORE, they are due.)',
    )
  }
  const calls = () => emulator.calls().counts['ecr.GetAuthorizationToken.us-east-1'] ?? 0
  await showOneLabel({ bed, cluster })

  step('A namespace is enabled by one label')
  await bed.namespace('team-a')
  showCommand(`kubectl label namespace team-a ${labels.namespace}=enabled`)
  showOutput('namespace/team-a labeled')

  step('A Secret without data becomes an image pull secret')
  showOutput(stringify(secret('pull')))
  await apply('pull-secret.yaml', [secret('pull')])
  const [login] = await shownLogins(cluster, 'pull')
  await proveToken(emulator.url, login?.password)

  step('The example of the README gets credentials, and applying it again changes nothing')
  const fake = { ...secret('ecr-secret'), data: { '.dockerconfigjson': 'FAKE' } }
  await apply('fake.yaml', [fake])
  await shownLogins(cluster, 'ecr-secret')
  const versionBefore = await resourceVersion(cluster, 'ecr-secret')
  await apply('fake.yaml', [fake])
  expect('resourceVersion', await resourceVersion(cluster, 'ecr-secret'), versionBefore)
  explain(`The resourceVersion is still ${versionBefore}, so nothing was written.`)

  step('200 Secrets need one call to AWS')
  emulator.resetCalls()
  await restarted()
  const names = Array.from({ length: 200 }, (_, at) => `pull-${at}`)
  const many = names.map(name => secret(name))
  await apply('two-hundred.yaml', many, { how: '--server-side' })
  expect('calls of GetAuthorizationToken', calls(), 1)
  explain('The number of GetAuthorizationToken calls is 1.')

  step('The CronJob renews due Secrets')
  await sevenHoursLater('team-a', names)
  await restarted()
  await refresh()
  expect('calls of GetAuthorizationToken', calls(), 2)

  step('A second run finds nothing due')
  await refresh()

  step('AWS denies tokens after a restart of the webhook')
  await bed.namespace('team-b')
  const three = ['one', 'two', 'three']
  await apply(
    'team-b.yaml',
    three.map(name => secret(name, 'team-b')),
  )
  await sevenHoursLater('team-b', three)
  emulator.fault({ fault: 'access-denied', api: 'ecr' })
  await bed.restartWebhook()
  await apply('new.yaml', [secret('new')], { fails: true })
  await refresh(true)
  showCommand('echo $?')
  showOutput('1')

  step('After AWS has recovered, all Secrets are renewed')
  emulator.heal()
  await refresh()
  await apply('new.yaml', [secret('new')])
}

function shown(command: string, { code, stdout, stderr }: Outcome, fails: boolean): string {
  showCommand(command)
  showOutput(stderr + stdout)
  if ((code !== 0) !== fails) throw new Error(`"${command}" exited with code ${code}`)
  return stdout
}

function secret(name: string, namespace = 'team-a') {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels: { [labels.managed]: 'true' } },
    type: 'kubernetes.io/dockerconfigjson',
  }
}

async function shownLogins(cluster: ControlPlane, name: string) {
  showCommand(`kubectl get secret ${name} -n team-a -o yaml    # auths, passwords masked`)
  const found = await logins(cluster, { namespace: 'team-a', name })
  for (const { host, username, password, expiresAt } of found) {
    showOutput(`${host}: username ${username}, password ${'*'.repeat(8)} (${password.length} characters), expires ${expiresAt}`)
  }
  expect('registries', found.map(({ host }) => host).join(), ownRegistry)
  return found
}

async function proveToken(url: string, password = ''): Promise<void> {
  showCommand(`curl -u AWS:******** https://${ownRegistry}/v2/`)
  const authorization = `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`
  const answer = await fetch(`${url}/v2/`, { headers: { 'x-forwarded-host': ownRegistry, authorization } })
  showOutput(`HTTP ${answer.status}`)
  expect('the registry', answer.status, 200)
}

async function resourceVersion(cluster: ControlPlane, name: string): Promise<string> {
  return (await cluster.kubectl('get', 'secret', '-n', 'team-a', name, '-o', 'jsonpath={.metadata.resourceVersion}')).stdout
}

function expect(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what}: found ${found}, wanted ${wanted}`)
}
