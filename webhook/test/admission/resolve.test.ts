import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { encode, host, otherHost, secret } from './secrets.ts'
import { answer, awsWorld } from './world.ts'

const govHost = '444455556666.dkr.ecr.us-gov-west-1.amazonaws.com'

t.test('the annotation may name the same registry as the data', async t => {
  const made = secret({ type: 'Opaque', data: { type: encode('oci'), url: encode(`oci://${host}/charts`) } })
  const argo = { [labels.managed]: 'true', 'argocd.argoproj.io/secret-type': 'repository' }
  const { result, record } = await answer({ object: { ...made, metadata: { ...made.metadata, labels: argo } } })
  t.strictSame([result, record.registries], ['injected', [host]])
})

t.test('a denial lists every refused registry and every allowed pattern', async t => {
  const { world } = awsWorld({ tenant: { allowedRegistries: ['public.ecr.aws', '444455556666.dkr.ecr.*.amazonaws.com'] } })
  const { record } = await answer({ object: secret({ notes: { [annotations.registries]: `${host},${otherHost}` } }) }, world)
  t.match(record.why, `may not ask for: ${host}, ${otherHost}; wanted registries that match public.ecr.aws, 444455556666.dkr.ecr.*.amaz`)
})

t.test('ECR Public counts as one region', async t => {
  const regions = ['us-east-2', 'us-west-1', 'us-west-2', 'eu-west-1']
  const five = [...regions.map(region => `111122223333.dkr.ecr.${region}.amazonaws.com`), 'public.ecr.aws', 'ecr-public.aws.com']
  const asking = (hosts: string[]) => answer({ object: secret({ notes: { [annotations.registries]: hosts.join() } }) })
  t.equal((await asking(five)).result, 'injected')
  t.match((await asking([...five, host])).record.why, /registries in 6 regions; wanted at most 5/)
})

t.test('a denial for a registry of another partition names the registry, the partition and the tenant', async t => {
  const { world } = awsWorld({ partition: () => 'aws', isRegion: () => true })
  const { result, record } = await answer({ object: secret({ notes: { [annotations.registries]: `${host},${govHost}` } }) }, world)
  t.equal(result, 'denied')
  t.match(record.why, `found the registry ${govHost}, which is not in the partition aws of the identity of tenant default; wanted`)
})

t.test('while the partition of the identity is unknown, registries of any partition may be requested', async t => {
  const { world } = awsWorld({ partition: () => undefined, isRegion: () => true })
  t.equal((await answer({ object: secret({ notes: { [annotations.registries]: `${host},${govHost}` } }) }, world)).result, 'injected')
})
