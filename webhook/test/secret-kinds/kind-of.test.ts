import { labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { argoRepoCreds, argoRepository } from '../../src/secret-kinds/argocd.ts'
import { basicAuth } from '../../src/secret-kinds/basic-auth.ts'
import { dockerCfg } from '../../src/secret-kinds/dockercfg.ts'
import { dockerConfigJson } from '../../src/secret-kinds/dockerconfigjson.ts'
import { kindOf } from '../../src/secret-kinds/kind-of.ts'

const argoLabel = 'argocd.argoproj.io/secret-type'

/** A managed Secret of a type, and of Argo CD if its label has a value. */
function secretOf(type: string, argo?: string) {
  const all = { [labels.managed]: 'true', ...(argo === undefined ? {} : { [argoLabel]: argo }) }
  const metadata = { name: 'pull', namespace: 'team-a', labels: all, annotations: undefined, deletionTimestamp: undefined }
  return { type, immutable: false, data: undefined, metadata }
}

const supported = [
  ['kubernetes.io/dockerconfigjson', undefined, dockerConfigJson],
  ['kubernetes.io/dockercfg', undefined, dockerCfg],
  ['kubernetes.io/basic-auth', undefined, basicAuth],
  ['Opaque', 'repository', argoRepository],
  ['Opaque', 'repo-creds', argoRepoCreds],
] as const

for (const [type, argo, kind] of supported) {
  t.test(`a Secret of type ${type} is supported${argo === undefined ? '' : ` with Argo CD's label ${argo}`}`, async t => {
    t.equal(kindOf(secretOf(type, argo)), kind)
  })
}

t.test("a basic-auth Secret with Argo CD's label is of Argo CD's kind, because Argo CD sends its credentials to its url", async t => {
  t.equal(kindOf(secretOf('kubernetes.io/basic-auth', 'repository')), argoRepository)
  t.throws(() => kindOf(secretOf('kubernetes.io/basic-auth', 'cluster')), { kind: 'input', message: /another value of the label/ })
})

t.test("a Secret of a docker type is of that type's kind, whatever the value of Argo CD's label", async t => {
  for (const argo of ['repository', 'cluster', '']) {
    t.equal(kindOf(secretOf('kubernetes.io/dockerconfigjson', argo)), dockerConfigJson)
    t.equal(kindOf(secretOf('kubernetes.io/dockercfg', argo)), dockerCfg)
  }
})

t.test('messages name Argo CD Secrets as Argo CD does', async t => {
  t.strictSame([argoRepository.name, argoRepoCreds.name], ['Argo CD repository', 'Argo CD repo-creds'])
})

const all = [
  'wanted one of kubernetes.io/dockerconfigjson, kubernetes.io/dockercfg, kubernetes.io/basic-auth,',
  `or the label ${argoLabel}: repository or repo-creds.`,
].join(' ')

const usual = ['Opaque', 'kubernetes.io/tls', 'kubernetes.io/ssh-auth', 'kubernetes.io/service-account-token', 'helm.sh/release.v1']
for (const type of usual) {
  t.test(`a denial for type ${type} names the type and everything that is supported`, async t => {
    const message = refusal(type)
    t.ok(message.startsWith(`found a managed Secret of type "${type}"; ${all}`), message)
  })
}

t.test('a denial for any other type does not quote it', async t => {
  for (const type of ['hunter2', '', 'kubernetes.io/hunter2', '__proto__']) {
    t.ok(refusal(type).startsWith(`found a managed Secret of another type; ${all}`), type)
  }
})

t.test("a denial for an unsupported value of Argo CD's label names the label and the type, and does not quote the value", async t => {
  for (const [type, found] of [
    ['Opaque', 'type "Opaque"'],
    ['kubernetes.io/basic-auth', 'type "kubernetes.io/basic-auth"'],
    ['hunter3', 'another type'],
  ] as const) {
    const message = refusal(type, 'hunter2')
    t.ok(message.startsWith(`found a managed Secret of ${found} with another value of the label ${argoLabel}; ${all}`), message)
    t.notMatch(message, 'hunter')
  }
})

t.test('a label with the name of an object property, such as constructor, is not supported', async t => {
  for (const argo of ['__proto__', 'constructor'])
    t.throws(() => kindOf(secretOf('Opaque', argo)), { kind: 'input', message: /another value of the label/ })
})

function refusal(type: string, argo?: string): string {
  try {
    return `accepted as ${kindOf(secretOf(type, argo)).name}`
  } catch (error) {
    return (error as Error).message
  }
}
