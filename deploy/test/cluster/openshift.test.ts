import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBinaries } from '@ecr-anywhere/scripts/cluster/build.ts'
import { run } from '@ecr-anywhere/scripts/cluster/run.ts'
import { serverVersion } from '@ecr-anywhere/scripts/cluster/server-version.ts'
import { forThisRelease, linesOf, needsNode, rows } from '@ecr-anywhere/scripts/docs/openshift-page.ts'
import { bedValues } from '@ecr-anywhere/scripts/testbed/attestation.ts'
import { find, startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { merged, podTemplates, releaseNamespace, render, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { podIdentity } from '@ecr-anywhere/scripts/testbed/pod-identity.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { projectAnnotations, restrictedV2 } from '@ecr-anywhere/scripts/testbed/security-context-constraint.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { parse } from 'yaml'

const registry = '444455556666.dkr.ecr.us-east-1.amazonaws.com'
const regcred = { namespace: 'cf-dev', name: 'regcred' }
const values = parse(await readFile(new URL('../../openshift/values.yaml', import.meta.url), 'utf8')) as Values
const rendered = await render(merged(await bedValues(), values), await serverVersion())
const identity = podIdentity(find(rendered, 'ServiceAccount', 'ecr-anywhere-webhook').metadata.annotations ?? {})
const arn = identity.env[0]?.value ?? ''

const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-openshift-'))
t.teardown(() => rm(dir, { recursive: true }))
const tokenFile = join(dir, 'token')
const env = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_ROLE_ARN: arn, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile }
// Without the Secrets at first, whose namespace does not exist yet.
const bed = await startAttested(t, { values: merged(values, { secrets: [] }), env })
const { cluster, emulator } = bed
const { kubectl, kubeconfig } = cluster
await must(kubectl('label', 'namespace', releaseNamespace, 'pod-security.kubernetes.io/enforce=restricted'))
const given = Object.entries(projectAnnotations).map(([key, value]) => `${key}=${value}`)
await must(kubectl('annotate', 'namespace', releaseNamespace, ...given))
await must(kubectl('create', 'namespace', regcred.namespace))
const issuer = JSON.parse(await must(kubectl('get', '--raw', '/.well-known/openid-configuration'))).issuer
/** The messages that the steps below caused, which the table of the page must contain. */
const seen: string[] = []

/** Sets what the role trusts, and which registries it may read. */
function trust(more: object = {}): void {
  const sub = `system:serviceaccount:${releaseNamespace}:ecr-anywhere-webhook`
  emulator.addRole({ arn, iss: issuer, aud: 'openshift', sub, mayRead: ['444455556666'], ...more })
}

/** Runs the program of a Job with its service account. */
async function runAs(account: string, args: string[], more: Record<string, string> = {}) {
  const token = (await must(kubectl('create', 'token', '-n', releaseNamespace, account))).trim()
  const file = join(dir, `${account}.kubeconfig`)
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(kubeconfig, 'utf8')), users: [{ name: 'user', user: { token } }] }))
  return await bed.ecrAnywhere(args, { KUBECONFIG: file, ...more })
}

t.test('the webhook exchanges its token for the audience openshift, and each failure is one of the page', async t => {
  const deny = async () => {
    const secret = managedSecret({ namespace: 'ready-enabled', name: 'denied', annotations: { [annotations.registries]: registry } })
    const { code, stderr } = await kubectl('create', '-f', '-', manifests(secret))
    t.equal(code, 1)
    seen.push(stderr)
    return stderr
  }
  t.match(await deny(), /found ENOENT from sts:AssumeRoleWithWebIdentity/, 'the token is not there yet')
  await bed.restartWebhook({ AWS_ROLE_ARN: '', AWS_WEB_IDENTITY_TOKEN_FILE: '' })
  t.match(await deny(), /found CredentialsProviderError/, 'the service account has no annotation')
  const account = ['-n', releaseNamespace, 'ecr-anywhere-webhook']
  await writeFile(tokenFile, (await must(kubectl('create', 'token', ...account, '--audience=openshift'))).trim())
  for (const [wrong, message] of [
    [{ sub: 'system:serviceaccount:cf-dev:ecr-sa' }, /found AccessDenied from sts:AssumeRoleWithWebIdentity/],
    [{ iss: 'https://oidc.op1.openshiftapps.com/other' }, /found InvalidIdentityTokenException from sts:/],
    [{ aud: 'sts.amazonaws.com' }, /found InvalidIdentityTokenException from sts:/],
    [{ denyEcr: true }, /found AccessDeniedException from ecr:GetAuthorizationToken/],
  ] as const) {
    trust(wrong)
    await bed.restartWebhook()
    t.match(await deny(), message)
  }
  trust()
  await bed.restartWebhook()
})

t.test('restricted-v2 and the Pod Security Standard admit each pod, with the user of the project and no user of the chart', async t => {
  const project = JSON.parse(await must(kubectl('get', 'namespace', releaseNamespace, '-o', 'json'))).metadata
  const wanted = { runAsUser: 1_000_650_000, capabilities: { drop: ['ALL'] }, allowPrivilegeEscalation: false }
  await must(kubectl('apply', '-f', '-', manifests(...rendered.filter(({ kind }) => kind === 'Deployment' || kind === 'CronJob'))))
  for (const { from, metadata, spec } of podTemplates(rendered)) {
    const pod = from.startsWith('Deployment') ? withIdentity(spec) : spec
    const name = from.toLowerCase().replace('/', '-')
    const object = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, namespace: releaseNamespace, name },
      spec: restrictedV2(pod, project.annotations),
    }
    // Only the hook Jobs' accounts of `secrets` were not applied with the release.
    if (spec.serviceAccountName === 'ecr-anywhere-secrets') await kubectl('create', 'sa', '-n', releaseNamespace, spec.serviceAccountName)
    const stored = JSON.parse(await must(kubectl('create', '-o', 'json', '-f', '-', manifests(object))))
    t.match(stored.spec.securityContext, { fsGroup: 1_000_650_000, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, from)
    for (const { securityContext } of stored.spec.containers) t.match(securityContext, { ...wanted, readOnlyRootFilesystem: true }, from)
  }
  const fixed = { containers: [{ name: 'main', securityContext: { runAsUser: 1000 } }] }
  const refusal =
    'unable to validate against any security context constraint: main: runAsUser 1000 must be in the range 1000650000 to 1000659999'
  t.throws(() => restrictedV2(fixed), { message: refusal })
  seen.push(refusal)
})

t.test('the commands of the page that need no node work', async t => {
  await symlink(join(await ensureBinaries('controlplane'), 'kubectl'), join(dir, 'oc'))
  const environment = { PATH: `${dir}:${process.env.PATH}`, HOME: dir, KUBECONFIG: kubeconfig }
  const shell = (line: string) => run('bash', ['-c', forThisRelease(line, releaseNamespace)], { env: environment })
  const applied = rendered.filter(({ metadata }) => metadata.namespace === regcred.namespace)
  await must(kubectl('apply', '-f', '-', manifests(...applied)))
  const secretsFile = join(dir, 'secrets.yaml')
  await writeFile(secretsFile, find(rendered, 'ConfigMap', 'ecr-anywhere-secrets').data['secrets.yaml'])
  const login = ['--docker-username=AWS', '--docker-password=expired']
  await must(kubectl('create', 'secret', 'docker-registry', 'regcred', '-n', 'cf-dev', `--docker-server=${registry}`, ...login))

  const early = await runAs('ecr-anywhere-secrets', ['apply-secrets'], { SECRETS_FILE: secretsFile })
  t.equal(early.code, 1, 'the namespace is not enabled')
  seen.push(early.stdout)

  const commands = linesOf('oc ').filter(line => !needsNode(line))
  t.ok(commands.length > 12)
  for (const command of commands) {
    if (command.startsWith('oc get deployments')) {
      await until(
        'apply-secrets adopts the Secret',
        async () => (await runAs('ecr-anywhere-secrets', ['apply-secrets'], { SECRETS_FILE: secretsFile })).code === 0,
      )
    }
    const { code, stdout, stderr } = await shell(command)
    t.equal(code, 0, `${command}: ${stderr}`)
    const [, expected] = outputs.find(([start]) => command.startsWith(start)) ?? []
    t.match(stdout, expected ?? /^$/, command)
  }
})

const outputs: [start: string, output: RegExp][] = [
  ['oc get --raw', /"issuer":"https:/],
  ['oc label namespace cf-dev', /labeled/],
  ['oc patch serviceaccount default', /patched/],
  ['oc get deployments', /^ecr-anywhere-webhook .*0\/2/m],
  ['oc get cronjobs', /^ecr-anywhere-refresh /m],
  ['oc get pods', /^ecr-anywhere-webhook-\S+ .* Pending/m],
  ['oc describe serviceaccount', /eks\.amazonaws\.com\/role-arn: arn:aws:iam::111122223333:role\/ROSAECRAssumeRole/],
  ['oc describe pod', /AWS_ROLE_ARN:.*AWS_WEB_IDENTITY_TOKEN_FILE:/s],
  ['oc get secrets -n cf-dev', /^regcred +kubernetes\.io\/dockerconfigjson/m],
  ['oc describe secret regcred', /ecr-anywhere\.centml\.ai\/expires_at: 20/],
  ['oc get events', /^/],
  ['oc auth can-i', /selfsubjectreviews/],
  ['oc create job refresh-now', /created/],
  ['oc create token', /"aud":\["openshift"\].*ecr-anywhere-webhook/],
]

t.test('regcred opens the registry of the other account, and is renewed by its account of the refresher', async t => {
  const stored = () => storedSecret(cluster, regcred)
  const status = async () => pullStatus(emulator, registry, (await stored()).login(registry))
  t.equal(await status(), 200)
  const { logins } = await stored()
  await bed.restartWebhook()
  t.match(await runAs('ecr-anywhere-refresh', ['refresh', '--force']), { code: 0, stdout: /refreshed 1, failed 0/ })
  t.notSame((await stored()).logins, logins)
  t.equal(await status(), 200)
  trust({ mayRead: ['111122223333'] })
  t.equal(await status(), 403, 'without a repository policy')
})

t.test('each message of the table was seen, or needs a node', t => {
  const text = seen.join('\n')
  for (const row of rows()) {
    const [, message = ''] = /`([^`]+)`/.exec(row) ?? []
    if (!needsNode(row)) t.ok(text.includes(message), message)
  }
  t.end()
})

/** The pod as the pod identity webhook of OpenShift changes it. */
// biome-ignore lint/suspicious/noExplicitAny: a PodSpec
function withIdentity(spec: any) {
  const containers = spec.containers.map((one: { env: object[]; volumeMounts: object[] }) => ({
    ...one,
    env: [...one.env, ...identity.env],
    volumeMounts: [...one.volumeMounts, identity.mount],
  }))
  return { ...spec, containers, volumes: [...spec.volumes, identity.volume] }
}
