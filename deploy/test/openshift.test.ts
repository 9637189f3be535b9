import { access, readFile } from 'node:fs/promises'
import { permissions } from '@ecr-anywhere/cli/trust-policy/permissions.ts'
import { repositoryPolicy } from '@ecr-anywhere/cli/trust-policy/repository-policy.ts'
import { trustPolicy } from '@ecr-anywhere/cli/trust-policy/trust-policy.ts'
import { readSchema, valuesOf } from '@ecr-anywhere/scripts/docs/chart-values.ts'
import { page, pageFile } from '@ecr-anywhere/scripts/docs/openshift-page.ts'
import { judgeRepository } from '@ecr-anywhere/scripts/iam/judge-repository.ts'
import { find } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { podTemplates, render, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { projectAnnotations, restrictedV2 } from '@ecr-anywhere/scripts/testbed/security-context-constraint.ts'
import { test } from 'tap'
import { parse } from 'yaml'

const folder = new URL('../openshift/', import.meta.url)
const json = async (name: string) => JSON.parse(await readFile(new URL(name, folder), 'utf8'))
const values = parse(await readFile(new URL('values.yaml', folder), 'utf8')) as Values
const known = valuesOf(await readSchema()).map(({ path }) => path.join('.'))

const arn = 'arn:aws:iam::111122223333:role/ROSAECRAssumeRole'
const issuer = 'oidc.op1.openshiftapps.com/2a3b4c5d6e7f8g9h'

test('the three policies are those that the command and the Terraform modules render', async t => {
  const identity = { issuer, namespace: 'ecr-anywhere', serviceAccount: 'ecr-anywhere-webhook', audience: 'openshift' }
  const account = { partition: 'aws', account: '111122223333' }
  t.strictSame(await json('trust-policy.json'), trustPolicy(account, { clusters: [identity] }))
  const repositories = ['arn:aws:ecr:us-east-1:444455556666:repository/*']
  t.strictSame(await json('permissions.json'), permissions({ partition: 'aws', repositories }))
  t.strictSame(await json('repository-policy.json'), repositoryPolicy({ partition: 'aws', principals: [arn] }))
})

test('the role and the repository policy together allow a pull from the other account, and nothing else', async t => {
  const repository = { partition: 'aws', account: '444455556666', region: 'us-east-1', repository: 'cf/app' }
  const policies = { permissions: await json('permissions.json'), repositoryPolicy: await json('repository-policy.json') }
  const verdicts = await judgeRepository({ ...policies, principal: arn, repository })
  t.ok(verdicts.length > 3)
  for (const { about, isAllowed, expected } of verdicts) t.equal(isAllowed, expected, about)
})

test('the values install the annotations, regcred and egress to the DNS pods of OpenShift', async t => {
  const objects = await render(values)
  t.strictSame(find(objects, 'ServiceAccount', 'ecr-anywhere-webhook').metadata.annotations, {
    'eks.amazonaws.com/role-arn': arn,
    'eks.amazonaws.com/audience': 'openshift',
  })
  const secrets = [{ namespace: 'cf-dev', name: 'regcred', registries: ['444455556666.dkr.ecr.us-east-1.amazonaws.com'] }]
  t.strictSame(parse(find(objects, 'ConfigMap', 'ecr-anywhere-secrets').data['secrets.yaml']), { secrets })
  const ports = objects.filter(({ kind }) => kind === 'NetworkPolicy').flatMap(({ spec }) => spec.egress ?? [])
  t.ok(ports.some(({ ports: [first] }) => first.port === 5353))
})

test('no pod sets a user or a group, so restricted-v2 chooses them from the range of the project', async t => {
  const templates = podTemplates(await render(values))
  t.ok(templates.length > 5)
  for (const { from, spec } of templates) {
    for (const context of [spec.securityContext, ...spec.containers.map((one: { securityContext: object }) => one.securityContext)])
      for (const field of ['runAsUser', 'runAsGroup', 'fsGroup', 'supplementalGroups']) t.notOk(field in context, `${from}: ${field}`)
    t.equal(restrictedV2(spec).containers[0]?.securityContext?.runAsUser, 1_000_650_000, from)
  }
})

test('restricted-v2, as the tests emulate it, refuses what OpenShift refuses', t => {
  const containers = [{ name: 'main' }]
  const contexts = {
    'runAsUser 1000': { runAsUser: 1000 },
    privileged: { privileged: true },
    allowPrivilegeEscalation: { allowPrivilegeEscalation: true },
    'capability NET_ADMIN': { capabilities: { add: ['NET_ADMIN', 'NET_BIND_SERVICE'] } },
    'seccompProfile Unconfined': { seccompProfile: { type: 'Unconfined' } },
  }
  for (const [problem, securityContext] of Object.entries(contexts))
    t.throws(() => restrictedV2({ containers: [{ name: 'main', securityContext }] }), { message: new RegExp(`: main: ${problem}`) })
  t.throws(() => restrictedV2({ containers, hostNetwork: true, hostPID: true }), { message: /: hostNetwork, hostPID$/ })
  t.throws(() => restrictedV2({ containers, securityContext: { fsGroup: 0 } }), { message: /pod: fsGroup 0 must be in the range/ })
  t.throws(() => restrictedV2({ containers, volumes: [{ name: 'v', hostPath: {} }] }), { message: /volume v of kind hostPath/ })
  t.throws(() => restrictedV2({ containers: [{ name: 'main', ports: [{ hostPort: 80 }] }] }), { message: /main: hostPort 80/ })
  t.match(restrictedV2({ containers }, { ...projectAnnotations, 'openshift.io/sa.scc.uid-range': '1000700000/10000' }), {
    containers: [{ securityContext: { runAsUser: 1_000_700_000, capabilities: { drop: ['ALL'] } } }],
  })
  t.end()
})

test('the values and the links of the page exist', async t => {
  for (const [, link = ''] of page.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) await t.resolves(access(new URL(link, pageFile)), link)
  const tops = new Set(known.map(path => path.split('.')[0]))
  const named = [...page.matchAll(/`([a-zA-Z]+(?:\.[a-zA-Z]+)+)`/g)]
    .map(([, name = '']) => name)
    .filter(name => tops.has(name.split('.')[0]))
  t.ok(named.length > 5)
  for (const name of named) t.ok(known.includes(name), name)
  const [block = ''] = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => text)
  await t.resolves(render(parse(block)), 'the values for clusters without STS can be installed')
})
