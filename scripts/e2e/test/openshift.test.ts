import { readFile, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { parse } from 'yaml'
import { ensureBinaries } from '../../cluster/build.ts'
import { forThisRelease, linesOf, needsNode } from '../../docs/openshift-page.ts'
import { merged, type Values } from '../../testbed/helm.ts'
import { managedSecret } from '../../testbed/manifest.ts'
import { podIdentity } from '../../testbed/pod-identity.ts'
import { projectAnnotations, restrictedV2 } from '../../testbed/security-context-constraint.ts'
import { eventually } from '../eventually.ts'
import { pod } from '../objects.ts'
import { releaseName, releaseNamespace, startProduct, valuesFor, webhookPods } from '../product.ts'

const namespace = 'cf-dev'
const registry = '444455556666.dkr.ecr.us-east-1.amazonaws.com'
/** The role has no permission there, as without a repository policy. */
const forbidden = '777788889999.dkr.ecr.us-east-1.amazonaws.com'
const image = `${registry}/cf/app:1`
const file = resolve(import.meta.dirname, '../../../deploy/openshift/values.yaml')
const given = parse(await readFile(file, 'utf8')) as Values & { webhook: { serviceAccount: { annotations: Record<string, string> } } }
const identity = podIdentity(given.webhook.serviceAccount.annotations)
const trusted = {
  arn: identity.env[0]?.value ?? '',
  iss: 'https://kubernetes.default.svc',
  aud: 'openshift',
  sub: `system:serviceaccount:${releaseNamespace}:ecr-anywhere-webhook`,
  mayRead: ['444455556666'],
}

/** A node without OpenShift: the values set what its admission would, the user of the project and the identity of the webhook. */
const { securityContext: chosen = {}, containers } = restrictedV2({ containers: [{ name: 'any' }] })
const { runAsUser } = containers[0]?.securityContext ?? {}
const product = await startProduct(t, { roles: [trusted], hosts: [registry, forbidden] })
const { node, kubectl, apply } = product
const own = valuesFor(product)
const values = merged(merged(own, given), {
  aws: { existingSecret: { name: '' } },
  env: [...(own.env as object[]), ...identity.env],
  podSecurityContext: { runAsUser, runAsGroup: 0, fsGroup: chosen.fsGroup },
  extraVolumes: [identity.volume],
  extraVolumeMounts: [identity.mount],
})
await product.registry.push(`${node.dir}/images/busybox.tar`, image)
await product.namespace(namespace, 'enabled')
await kubectl('label', 'namespace', releaseNamespace, 'pod-security.kubernetes.io/enforce=restricted')

t.test('the release installs with a user of the range, under the Pod Security Standard, and its check passes', async t => {
  const { code, stderr } = await product.install(values)
  t.equal(code, 0, stderr)
  const uid =
    'const { readFileSync } = process.getBuiltinModule("node:fs"); console.log(process.getuid(), readFileSync("/proc/self/status", "utf8").match(/CapEff:.*/)[0])'
  const seen = await kubectl('exec', '-n', releaseNamespace, 'deployment/ecr-anywhere-webhook', '--', '/nodejs/bin/node', '-e', uid)
  t.equal(projectAnnotations['openshift.io/sa.scc.uid-range'], `${runAsUser}/10000`)
  t.match(seen, new RegExp(`^${runAsUser} CapEff:\\t0{16}\n$`))
})

t.test('a pod pulls from the registry of the other account with regcred', async () => {
  await apply(pod({ namespace, name: 'app' }, { image, secret: 'regcred' }))
  await eventually('the pod runs', async () => (await phaseOf('app')).includes('Running'))
})

t.test('the commands of the page for running pods work', async t => {
  const dir = node.dir
  await symlink(join(await ensureBinaries('controlplane'), 'kubectl'), join(dir, 'oc'))
  await symlink(join(await ensureBinaries('helm'), 'helm'), join(dir, 'helm'))
  const env = { PATH: `${dir}:${process.env.PATH}`, HOME: dir, KUBECONFIG: node.kubeconfig }
  const commands = linesOf('oc ').filter(line => needsNode(line) || line.includes('create job'))
  for (const command of [...commands, ...linesOf('helm test')]) {
    // `logs -f` does not end by itself, and the release has another name here.
    const line = forThisRelease(command, releaseNamespace)
      .replace('oc logs -f', 'timeout 3 oc logs -f')
      .replace('test ecr-anywhere', `test ${releaseName}`)
    const { code, stdout, stderr } = await node.exec('bash', ['-c', line], { env })
    t.ok(code === 0 || (code === 124 && line.startsWith('timeout')), `${command}: ${stderr}`)
    if (command.includes('/status')) t.match(stdout, /assumed-role\/ROSAECRAssumeRole/)
    if (command.startsWith('oc logs')) t.match(stdout, /"level"|checked 1/)
  }
  t.ok(commands.length > 5)
})

t.test('the failures of the table that only a node shows: no permission at the registry, no image, no room', async t => {
  const waiting = (name: string, reason: RegExp) => eventually(`${name}: ${reason}`, async () => reason.test(await phaseOf(name)))
  await apply(managedSecret({ namespace, name: 'forbidden', annotations: { [annotations.registries]: forbidden } }))
  await apply(pod({ namespace, name: 'forbidden' }, { image: `${forbidden}/cf/app:1`, secret: 'forbidden' }))
  await eventually('the pull is forbidden', async () =>
    /403 Forbidden/.test(await kubectl('describe', 'pod', 'forbidden', '-n', namespace)),
  )
  await apply(pod({ namespace, name: 'without' }, { image }))
  await waiting('without', /ErrImagePull|ImagePullBackOff/)
  await kubectl('patch', 'deployment', 'ecr-anywhere-webhook', '-n', releaseNamespace, '-p', tooLarge)
  const conditions = [
    'get',
    'pods',
    '-n',
    releaseNamespace,
    '-l',
    webhookPods,
    '-o',
    'jsonpath={.items[*].status.conditions[*].message}',
  ] as const
  await eventually('a pod is Pending', async () => /Insufficient cpu/.test(await kubectl(...conditions)))
  t.pass()
})

const tooLarge = JSON.stringify({
  spec: { template: { spec: { containers: [{ name: 'webhook', resources: { requests: { cpu: '1000' } } }] } } },
})

function phaseOf(name: string): Promise<string> {
  return kubectl('get', 'pod', name, '-n', namespace, '-o', 'jsonpath={.status.phase} {.status.containerStatuses[*].state.waiting.reason}')
}
