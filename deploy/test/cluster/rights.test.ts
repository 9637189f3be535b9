import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serverVersion } from '@ecr-anywhere/scripts/cluster/server-version.ts'
import { bedAttestation, bedValues } from '@ecr-anywhere/scripts/testbed/attestation.ts'
import { find } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { type Cluster, clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { ecrAnywhere } from '@ecr-anywhere/scripts/testbed/command.ts'
import {
  chart,
  helm,
  merged,
  podTemplates,
  releaseName,
  releaseNamespace,
  render,
  type Values,
} from '@ecr-anywhere/scripts/testbed/helm.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { accountKubeconfig, startProvision } from '@ecr-anywhere/scripts/testbed/provision-process.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { test } from 'tap'

const secretsOfCerts = ['ecr-anywhere-tls', ...((await bedAttestation()) === 'policy' ? ['ecr-anywhere-tickets'] : [])]
/** It has data, because the API server itself rejects a Secret of type dockerconfigjson without data before policies are evaluated. */
const repository = { namespace: 'ecr-rights', name: 'charts', kind: 'argocd-repository', url: 'oci://public.ecr.aws/charts' }
const values = merged(await bedValues(), { secrets: [repository] })

test('each program works with the rights and the environment variables that the chart gives it', async t => {
  const cluster = await clusterFor(t)
  const { kubectl, kubeconfig } = cluster
  const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-rights-'))
  const release = ['--no-hooks', '--namespace', releaseNamespace]
  t.teardown(() => rm(dir, { recursive: true }))
  t.teardown(() => kubectl('delete', '--ignore-not-found', 'namespace', releaseNamespace, 'ecr-rights'))
  t.teardown(() => helm(['uninstall', releaseName, '--ignore-not-found', ...release], { kubeconfig }))
  for (const name of [releaseNamespace, 'ecr-rights']) await must(kubectl('create', 'namespace', name))
  const hooks = async (event: string) => {
    const objects = (await render(values, await serverVersion())).filter(({ metadata }) =>
      metadata.annotations?.['helm.sh/hook']?.startsWith(event),
    )
    await must(kubectl('apply', '-f', '-', manifests(...objects.filter(({ kind }) => kind !== 'Job'))))
  }
  await hooks('pre-install')
  t.teardown(() => kubectl('delete', 'clusterrole,clusterrolebinding', 'ecr-anywhere-certs-setup'))
  const run = (from: string) => runAs(cluster, from, dir)
  const secrets = async () =>
    JSON.parse(await must(kubectl('get', 'secrets', '-n', releaseNamespace, '-o', 'json'))).items.filter(isOfCerts)

  await t.test('certs creates its Secrets before any other object of the release exists', async t => {
    const { code, stdout, stderr } = await run('Job/ecr-anywhere-certs-setup')
    t.equal(code, 0, stdout + stderr)
    t.strictSame(
      (await secrets()).map(ownersOf),
      secretsOfCerts.map(() => []),
    )
  })

  await must(helm(['install', releaseName, chart, ...release], { values, kubeconfig }))
  await hooks('post-install')

  await t.test('after the install, certs publishes the CA and sets the owner of its Secrets', async t => {
    const { code, stdout, stderr } = await run('Job/ecr-anywhere-certs-publish')
    t.equal(code, 0, stdout + stderr)
    t.strictSame(
      (await secrets()).map(ownersOf),
      secretsOfCerts.map(() => ['ecr-anywhere-tenants']),
    )
    for (const name of ['ecr-anywhere-tenant-default', 'ecr-anywhere-check-default']) {
      const path = 'jsonpath={.webhooks[*].clientConfig.caBundle}'
      t.match(await must(kubectl('get', 'mutatingwebhookconfiguration', name, '-o', path)), /^LS0tLS1CRUdJTiB/, name)
    }
  })

  await t.test('the CronJob of certs creates deleted Secrets again', async t => {
    await must(kubectl('delete', 'secret', '-n', releaseNamespace, ...secretsOfCerts))
    const { code, stdout, stderr } = await run('CronJob/ecr-anywhere-certs')
    t.equal(code, 0, stdout + stderr)
    t.equal((await secrets()).length, secretsOfCerts.length)
  })

  await t.test('three upgrades cause no conflict and do not change caBundle', async t => {
    const bundles = () =>
      must(kubectl('get', 'mutatingwebhookconfigurations', '-o', 'jsonpath={.items[*].webhooks[*].clientConfig.caBundle}'))
    const published = await bundles()
    for (const replicas of [3, 2, 4])
      await must(helm(['upgrade', releaseName, chart, ...release], { values: merged(values, { webhook: { replicas } }), kubeconfig }))
    t.equal(await bundles(), published)
  })

  await t.test('refresh may list Secrets and finds none that is due', async t => {
    const { code, stdout, stderr } = await run('CronJob/ecr-anywhere-refresh')
    t.equal(code, 0, stdout + stderr)
  })

  await t.test('refresh records its run in the ConfigMap, which it creates if it was deleted, and which no upgrade changes', async t => {
    const status = ['configmap', '-n', releaseNamespace, 'ecr-anywhere-status']
    const recorded = async () => JSON.parse(await must(kubectl('get', ...status, '-o', 'json'))).data
    t.match(JSON.parse((await recorded())['report.json']), { failed: false })
    await must(kubectl('delete', ...status))
    const { code, stdout, stderr } = await run('CronJob/ecr-anywhere-refresh')
    t.equal(code, 0, stdout + stderr)
    t.notMatch(stderr, 'was not recorded')
    const data = await recorded()
    t.strictSame(Object.keys(data).sort(), ['report.json', 'start.json'])
    await must(helm(['upgrade', releaseName, chart, ...release], { values, kubeconfig }))
    t.strictSame(await recorded(), data)
  })

  await t.test('check and apply-secrets fail because no webhook runs, and not because a right is missing', async t => {
    const checked = await run('Job/ecr-anywhere-check')
    t.equal(checked.code, 1)
    t.match(checked.stdout, /check failed: .*failed calling webhook "(aggregated\.)?(check\.)?default\.ecr-anywhere/)
    t.notMatch(
      withoutNode(checked.stdout),
      /HTTP 403|found no|found the|caBundle on/,
      'the check may read every object, and finds each as the chart renders it',
    )
    const applied = await run('Job/ecr-anywhere-secrets')
    t.equal(applied.code, 1)
    t.match(
      applied.stdout,
      /ecr-rights\/charts.*the webhook was not called for this Secret.* Found no label .* kubectl label namespace ecr-rights/,
    )
  })

  await t.test('apply-secrets names a namespace that does not exist and says what to do', async t => {
    const secrets = [{ namespace: 'nowhere', name: 'pull' }]
    const { code, stdout } = await runAs(cluster, 'Job/ecr-anywhere-secrets', dir, secrets)
    t.equal(code, 1)
    t.match(
      stdout,
      /^apply-secrets failed: nowhere\/pull: .* If the namespace nowhere is missing, run: kubectl create namespace nowhere; /m,
    )
  })

  await t.test('the check names deleted and changed objects, and `helm upgrade` restores them', async t => {
    const configuration = ['mutatingwebhookconfiguration', 'ecr-anywhere-tenant-default']
    const emptied = [{ op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['CREATE'] }]
    await must(kubectl('patch', ...configuration, '--type=json', '-p', JSON.stringify(emptied)))
    await must(kubectl('delete', 'validatingadmissionpolicybinding', 'ecr-anywhere-injected'))
    await must(kubectl('delete', 'mutatingwebhookconfiguration', 'ecr-anywhere-check-default'))
    const broken = (await run('Job/ecr-anywhere-check')).stdout
    for (const name of [
      /no ValidatingAdmissionPolicyBinding ecr-anywhere-injected/,
      /no MutatingWebhookConfiguration ecr-anywhere-check-default/,
    ])
      t.match(broken, name)
    t.match(broken, /ecr-anywhere-tenant-default with another value of webhooks\[0\]\.rules\[0\]\.operations/)
    await must(helm(['upgrade', releaseName, chart, ...release, '--force-conflicts'], { values, kubeconfig }))
    await must(run('Job/ecr-anywhere-certs-publish'))
    t.notMatch(withoutNode((await run('Job/ecr-anywhere-check')).stdout), /found no|found the|caBundle on/)
  })

  await t.test('certs fails if a webhook configuration is missing, except before the release is created', async t => {
    await must(kubectl('delete', 'mutatingwebhookconfiguration', 'ecr-anywhere-check-default'))
    for (const from of ['Job/ecr-anywhere-certs-publish', 'CronJob/ecr-anywhere-certs']) {
      const { code, stdout } = await run(from)
      t.equal(code, 1, from)
      t.match(stdout.trimEnd().split('\n').at(-1), /found no MutatingWebhookConfiguration ecr-anywhere-check-default; .*`helm upgrade`/)
    }
    await must(run('Job/ecr-anywhere-certs-setup'))
    await must(helm(['upgrade', releaseName, chart, ...release], { values, kubeconfig }))
    await must(run('Job/ecr-anywhere-certs-publish'))
  })

  await t.test('no service account may read Secrets other than its own', async t => {
    await must(kubectl('create', 'secret', 'generic', 'somebodys', '-n', releaseNamespace))
    for (const account of ['certs', 'certs-setup', 'check', 'secrets', 'refresh', 'webhook'])
      t.equal(await canI(cluster, account, ['get', 'secrets/somebodys']), 'no', account)
    t.equal(await canI(cluster, 'refresh', ['create', 'configmaps']), 'no', 'refresh may create one ConfigMap by its name')
    for (const account of ['certs', 'check', 'secrets', 'webhook'])
      t.equal(await canI(cluster, account, ['list', 'secrets']), 'no', account)
  })

  await t.test('provision works with its rights and variables, and only with it may refresh create Secrets', async t => {
    t.equal(await canI(cluster, 'refresh', ['create', 'secrets']), 'no')
    const provisioning = merged(values, { provision: { enabled: true, secretName: 'ecr-anywhere-pull' } })
    await must(helm(['upgrade', releaseName, chart, ...release], { values: provisioning, kubeconfig }))
    for (const account of ['refresh', 'provision']) {
      const canCreate = async () => (await canI(cluster, account, ['create', 'secrets'])) === 'yes'
      await until(`${account} may create Secrets`, canCreate)
    }
    for (const verb of ['get', 'list', 'watch', 'update', 'patch', 'delete'])
      t.equal(await canI(cluster, 'provision', [verb, 'secrets']), 'no', verb)
    const { env, file } = await programOf(cluster, 'Deployment/ecr-anywhere-provision', { dir, given: provisioning })
    const provision = await startProvision(file, { env })
    t.teardown(() => provision.kill('SIGKILL'))
    t.equal(await provision.metric('ecr_anywhere_provision_ready'), 1)
    provision.kill('SIGTERM')
    t.equal(await provision.ended, 0)
    await must(helm(['upgrade', releaseName, chart, ...release], { values, kubeconfig }))
  })

  await t.test('an uninstall removes the Secrets that certs created', async () => {
    await must(run('CronJob/ecr-anywhere-certs'))
    await must(helm(['uninstall', releaseName, ...release], { kubeconfig }))
    await until('no Secret of certs is left', async () => (await secrets()).length === 0)
  })
})

/** The arguments, the variables and a kubeconfig of the service account of a pod template. */
async function programOf(cluster: Cluster, from: string, { dir, given = values }: { dir: string; given?: Values }) {
  const rendered = await render(given, await serverVersion())
  const found = podTemplates(rendered).find(template => template.from === from)
  if (found === undefined) throw new Error(`the chart renders no ${from}`)
  const { serviceAccountName, containers } = found.spec
  const env: Record<string, string> = Object.fromEntries(
    containers[0].env.map((one: { name: string; value: string }) => [one.name, one.value]),
  )
  return { rendered, args: containers[0].args, env, file: await accountKubeconfig(cluster, serviceAccountName, dir) }
}

/** Runs the command of a pod template with its service account and variables. The check has a short timeout, because no Service is reachable. */
async function runAs(cluster: Cluster, from: string, dir: string, secrets = values.secrets) {
  const { rendered, args, env, file } = await programOf(cluster, from, { dir })
  const secretsFile = join(dir, 'secrets.yaml')
  await writeFile(secretsFile, JSON.stringify({ secrets }))
  const expectedFile = join(dir, 'expected.json')
  await writeFile(expectedFile, find(rendered, 'ConfigMap', 'ecr-anywhere-check').data['expected.json'])
  return await ecrAnywhere(args, {
    ...env,
    KUBECONFIG: file,
    ...('CHECK_TIMEOUT' in env ? { CHECK_TIMEOUT: '1s' } : {}),
    ...('EXPECTED_FILE' in env ? { EXPECTED_FILE: expectedFile } : {}),
    ...('SECRETS_FILE' in env ? { SECRETS_FILE: secretsFile } : {}),
  })
}

async function canI({ kubectl }: Cluster, account: string, request: string[]): Promise<string> {
  const user = `system:serviceaccount:${releaseNamespace}:ecr-anywhere-${account}`
  return (await kubectl('auth', 'can-i', ...request, '-n', releaseNamespace, `--as=${user}`)).stdout.trim()
}

function isOfCerts({ metadata }: { metadata: { name: string } }): boolean {
  return secretsOfCerts.includes(metadata.name)
}

function ownersOf({ metadata }: { metadata: { ownerReferences?: { name: string }[] } }): string[] {
  return (metadata.ownerReferences ?? []).map(({ name }) => name)
}

/** The output of the check, without the problems that a cluster without a node always has. */
function withoutNode(output: string): string {
  return output.replaceAll(/found the APIService \S+, which is not available/g, '')
}
