import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { dockerData, host, injectedSecret, login, oldPassword, otherHost, secret, type WireSecret } from './secrets.ts'
import { answer, awsWorld, ownHost } from './world.ts'

const thirdHost = '111122223333.dkr.ecr.us-west-1.amazonaws.com'
const touched = { [annotations.markedForUpdateAt]: 'now' }

function withoutAnnotations(object: WireSecret): WireSecret {
  const { annotations: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

t.test('a managed Secret that never had an annotation is injected on its next update', async t => {
  const object = withoutAnnotations(secret())
  const { result, patched } = await answer({ object, oldObject: object })
  t.equal(result, 'injected')
  t.equal(patched.metadata.annotations?.[annotations.injectedRegistries], ownHost)
})

t.test('an update that removes every annotation gets the annotations of the webhook back', async t => {
  const oldObject = injectedSecret()
  const { world } = awsWorld({ tenant: { registries: [host] } })
  const { result, patched } = await answer({ object: withoutAnnotations(oldObject), oldObject }, world)
  t.equal(result, 'unchanged')
  const { [annotations.registries]: _, ...own } = oldObject.metadata.annotations ?? {}
  t.strictSame(patched.metadata.annotations, own)
})

const config = (hosts: string[]) => dockerData({ auths: Object.fromEntries(hosts.map(host => [host, login(oldPassword)])) })
const lists: [about: string, injected: string[], asked: string[], result: string][] = [
  ['the same registries', [host, otherHost], [host, otherHost], 'unchanged'],
  ['the same registries in another order', [otherHost, host], [host, otherHost], 'unchanged'],
  ['one more registry', [host], [host, otherHost], 'injected'],
  ['one registry in place of another', [host, thirdHost], [host, otherHost], 'injected'],
  ['one registry less', [host, otherHost], [host], 'injected'],
]

for (const [about, injected, asked, result] of lists) {
  t.test(`an update that requests ${about} is ${result}, even if the Secret has a login for each registry`, async t => {
    const data = config([host, otherHost, thirdHost])
    const oldObject = injectedSecret({ data, notes: { [annotations.injectedRegistries]: injected.join() } })
    const object = injectedSecret({ data, notes: { [annotations.registries]: asked.join() } })
    t.equal((await answer({ object, oldObject })).result, result)
  })
}

t.test('a mark is a touch only if oldObject does not have the same mark', async t => {
  const marked = injectedSecret({ notes: touched })
  t.equal((await answer({ object: marked, oldObject: marked })).record.why, 'not due')
  t.equal((await answer({ object: marked, oldObject: injectedSecret() })).record.why, 'touched')
})

/** Old objects that name no registry of which the webhook knows that it injected it. */
const own = { [annotations.registries]: '', [annotations.injectedRegistries]: '' }
const unmanaged = injectedSecret({ notes: { [annotations.registries]: '' } })
const unknown: [about: string, oldObject: WireSecret][] = [
  ['was not managed', { ...unmanaged, metadata: { ...unmanaged.metadata, labels: {} } }],
  ['does not say which registries it has', injectedSecret({ notes: own })],
]

for (const [about, oldObject] of unknown) {
  t.test(`a dry run of an update whose oldObject ${about} reports that no credentials were injected`, async t => {
    const object = { ...oldObject, metadata: { ...oldObject.metadata, labels: { [labels.managed]: 'true' } } }
    const { result, warnings, operations } = await answer({ object, oldObject, dryRun: true })
    t.strictSame([result, warnings, operations], ['dry_run', ['ecr-anywhere: dry run: no credentials were injected'], []])
  })
}
