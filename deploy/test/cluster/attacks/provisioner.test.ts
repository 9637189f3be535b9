import { type ApiUser, apiUser, secretsPath } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { plainNamespace, startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { leaks } from '@ecr-anywhere/scripts/testbed/leaks.ts'
import { accountKubeconfig, provisionUser, refreshUser } from '@ecr-anywhere/scripts/testbed/provision-process.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { pullSecret } from '@ecr-anywhere/shared/pull-secret.ts'
import t from 'tap'

/** The attacker has stolen the account of the provisioner, or of the refresher, and writes requests by hand. */
const secretName = 'ecr-anywhere-pull'
const namespace = 'ready-enabled'
const bed = await startAttested(t, {
  values: { provision: { enabled: true, secretName } },
  env: { PROVISIONERS: `${provisionUser},${refreshUser}` },
})
const { kubectl } = bed.cluster
await must(kubectl('create', 'namespace', 'annotated'))
await must(kubectl('label', 'namespace', 'annotated', `${labels.namespace}=enabled`))
await must(kubectl('annotate', 'namespace', 'annotated', `${annotations.pullSecret}=own`))
const userOf = async (account: string) => {
  const client = await apiUser(await accountKubeconfig(bed.cluster, account, bed.dir))
  t.teardown(client.close)
  return client
}
const provisioner = await userOf('ecr-anywhere-provision')
const refresher = await userOf('ecr-anywhere-refresh')

async function create({ request }: ApiUser, object: object, inNamespace = namespace, query = '') {
  const answer = await request({ method: 'POST', path: `${secretsPath(inNamespace)}${query}`, body: JSON.stringify(object) })
  return { status: answer.status, text: JSON.stringify(answer.body) }
}

const right = pullSecret(namespace, secretName)
const withMeta = (more: object) => ({ ...right, metadata: { ...right.metadata, ...more } })
const base64 = (text: string) => Buffer.from(text).toString('base64')
const evil = { '.dockerconfigjson': base64('{"auths":{"registry.example":{"username":"a","password":"b"}}}') }
const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '705ab4f5-6393-11e8-b7cc-42010a800002' }

const refused: [about: string, object: object, why: RegExp, inNamespace?: string][] = [
  ['of another name', withMeta({ name: 'other' }), /only create the pull Secret that the namespace or the values name/],
  ['of a generated name', withMeta({ name: undefined, generateName: secretName }), /only create the pull Secret/],
  [
    'of the default name where the annotation names another',
    { ...right, metadata: { ...right.metadata, namespace: 'annotated' } },
    /only create the pull Secret/,
    'annotated',
  ],
  [
    'in a namespace that is not enabled',
    { ...right, metadata: { ...right.metadata, namespace: plainNamespace } },
    /found no label/i,
    plainNamespace,
  ],
  ['that is not managed', { ...withMeta({ labels: {} }), data: evil }, /may only create managed Secrets/],
  [
    'that is a bootstrap token',
    {
      ...right,
      type: 'bootstrap.kubernetes.io/token',
      metadata: { namespace: 'kube-system', name: 'bootstrap-token-abcdef' },
      stringData: { 'token-id': 'abcdef', 'token-secret': '0123456789abcdef' },
    },
    /found no label .* on the namespace kube-system/i,
    'kube-system',
  ],
  [
    'of another type',
    { ...right, type: 'kubernetes.io/basic-auth', stringData: { username: 'a' } },
    /may only create managed Secrets of type|with data from/,
  ],
  [
    'that is a probe',
    withMeta({ labels: { ...(right.metadata.labels as object), [labels.probe]: 'default' } }),
    /may only create managed Secrets|label .*probe/,
  ],
  [
    'for other registries',
    withMeta({ annotations: { [annotations.registries]: 'public.ecr.aws' } }),
    /may not set registries, owners or finalizers|public\.ecr\.aws|AccessDenied/,
  ],
  ['with an owner', withMeta({ ownerReferences: [owner] }), /may not set registries, owners or finalizers/],
  ['with a finalizer', withMeta({ finalizers: ['a.example/b'] }), /may not set registries, owners or finalizers/],
  ['that is immutable', { ...right, immutable: true }, /immutable/],
  ['with a login of the attacker', { ...right, data: evil }, /found a new managed Secret with data from system:serviceaccount:/],
  ['with another key', { ...right, stringData: { other: 'x' } }, /found a new managed Secret with data from system:serviceaccount:/],
  [
    'with a login and an expiry of the attacker',
    { ...withMeta({ annotations: { [annotations.expiresAt]: '2099-01-01T00:00:00Z' } }), data: evil },
    /found a new managed Secret with data from/,
  ],
]

const canCreate = () => create(refresher, right, namespace, '?dryRun=All').then(({ status }) => status === 201)
await until('the Roles and the policies are in force', async () => {
  const { text } = await create(provisioner, withMeta({ name: 'other' }), namespace, '?dryRun=All')
  return text.includes('only create the pull Secret') && (await canCreate())
})

for (const [who, user] of [
  ['provisioner', provisioner],
  ['refresher', refresher],
] as const) {
  for (const [about, object, why, inNamespace] of refused) {
    t.test(`the ${who} cannot create a Secret ${about}, nor try it in a dry run`, async t => {
      for (const query of ['', '?dryRun=All']) {
        const { status, text } = await create(user, object, inNamespace, query)
        t.not(status, 201, text)
        t.match(text, why)
        t.equal(leaks(text, bed.secrets), 0)
      }
    })
  }
}

t.test('the provisioner can neither read, change nor delete a Secret, and nothing else but namespaces', async t => {
  const user = `--as=${provisionUser}`
  const groups = ['--as-group=system:serviceaccounts', '--as-group=system:authenticated']
  const allowed = async (verb: string, resource: string) =>
    (await kubectl('auth', 'can-i', verb, resource, user, ...groups, '-n', namespace)).stdout.trim() === 'yes'
  for (const verb of ['get', 'list', 'watch', 'update', 'patch', 'delete', 'deletecollection', '*'])
    t.notOk(await allowed(verb, 'secrets'), verb)
  for (const resource of ['pods', 'configmaps', 'serviceaccounts/token', 'rolebindings', 'mutatingwebhookconfigurations'])
    for (const verb of ['get', 'create', 'patch']) t.notOk(await allowed(verb, resource), `${verb} ${resource}`)
  for (const verb of ['get', 'update', 'patch', 'delete', 'create']) t.notOk(await allowed(verb, 'namespaces'), verb)
})

t.test(
  'the stolen account gets the credentials of an enabled namespace that has no pull Secret yet, once, and not in a dry run',
  async t => {
    const dry = await create(provisioner, right, namespace, '?dryRun=All')
    t.equal(dry.status, 201)
    t.equal(leaks(dry.text, bed.secrets), 0)
    const stolen = await create(provisioner, right)
    t.equal(stolen.status, 201)
    t.ok(/"\.dockerconfigjson":"[^"]{400,}"/.test(stolen.text), 'the security page says so')
    const again = await create(provisioner, right)
    t.equal(again.status, 409)
    t.notOk(again.text.includes('dockerconfigjson'), 'a Secret that exists is not shown')
  },
)
