import { annotations } from '@ecr-anywhere/shared/names.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import t from 'tap'
import { managedSecret, secretForm } from '../../src/status/managed-secret.ts'
import { writersOf } from '../../src/status/writers.ts'

const hourMs = 3_600_000
const nowMs = Date.parse('2026-12-01T12:00:00Z')
const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const data = { 'f:data': { '.': {} } }

interface Given {
  hoursLeft?: number
  notes?: Record<string, string>
  more?: object
}

function stateOf({ hoursLeft = 11, notes = {}, more = {} }: Given) {
  const expiresAtMs = nowMs + hoursLeft * hourMs
  const times = { [annotations.expiresAt]: formatTime(expiresAtMs), [annotations.updatedAt]: formatTime(expiresAtMs - 12 * hourMs) }
  const object = {
    metadata: { name: 'a', namespace: 'b', annotations: { [annotations.injectedRegistries]: host, ...times, ...notes }, ...more },
  }
  return managedSecret(secretForm.item.parse(object), { nowMs, refreshBeforeMs: 6 * hourMs })
}

const owner = (apiVersion: string) => ({ ownerReferences: [{ apiVersion, kind: 'Kind', name: 'c', uid: 'd' }] })
const writer = (manager: string, fieldsV1: object = data) => ({ managedFields: [{ manager, operation: 'Update', fieldsV1 }] })

const cases: [about: string, given: Given, expected: object][] = [
  ['most of its lifetime left', {}, { state: 'Fresh', isLongDue: false, registries: [host] }],
  ['less than REFRESH_BEFORE left', { hoursLeft: 5.5 }, { state: 'Due', isLongDue: false }],
  ['been due for an hour', { hoursLeft: 4.9 }, { state: 'Due', isLongDue: true }],
  ['expired', { hoursLeft: -1 }, { state: 'Expired', isLongDue: false }],
  ['no expires_at', { notes: { [annotations.expiresAt]: '' } }, { state: 'NeverInjected', isLongDue: false }],
  ['an ExternalSecret as its owner', { more: owner('external-secrets.io/v1') }, { state: 'Conflict', conflict: /the Kind c owns it/ }],
  [
    'an expiry in the past and another owner',
    { hoursLeft: -1, more: owner('bitnami.com/v1alpha1') },
    { state: 'Expired', conflict: /owns it/ },
  ],
  ['another owner, which does not write it', { more: owner('apps/v1') }, { state: 'Fresh' }],
  [
    'data that another tool changed',
    { more: writer('k8s-ecr-login-renew') },
    { state: 'Conflict', conflict: /^k8s-ecr-login-renew writes its data, too$/ },
  ],
  ['data that a tool with a longer name changed', { more: writer('registry-creds-controller') }, { state: 'Conflict' }],
  ['labels that another tool changed', { more: writer('external-secrets', { 'f:metadata': {} }) }, { state: 'Fresh' }],
  ['data that kubectl and refresh changed', { more: writer('kubectl-client-side-apply') }, { state: 'Fresh' }],
  ['an expiry of no token', { hoursLeft: 13 }, { state: 'Conflict', conflict: /later than that of any token/ }],
  [
    'an update after its expiry',
    { notes: { [annotations.updatedAt]: '2026-12-03T00:00:00Z' } },
    { state: 'Conflict', conflict: /updated_at is later/ },
  ],
  [
    'a request for another registry',
    { notes: { [annotations.registries]: 'public.ecr.aws' } },
    { state: 'Conflict', conflict: `it requests public.ecr.aws, but holds credentials for ${host}` },
  ],
  ['the registries that it requests', { notes: { [annotations.registries]: ` ${host} ` } }, { state: 'Fresh' }],
]

for (const [about, given, expected] of cases) {
  t.test(`a Secret with ${about} is ${'state' in expected ? expected.state : ''}`, async t => t.match(stateOf(given), expected))
}

t.test('a password that somebody wrote into the list of registries is not shown', async t => {
  t.notMatch(JSON.stringify(stateOf({ notes: { [annotations.registries]: 'https://AWS:hunter2@a.example/x' } })), 'hunter2')
})

t.test('field managers of data are found in both spellings, once each', async t => {
  t.strictSame(
    writersOf([
      { manager: 'a', fieldsV1: data },
      { manager: 'a', fieldsV1: { 'f:stringData': {} } },
      { manager: 'b', fieldsV1: { 'f:type': {} } },
      { manager: 'c', fieldsV1: undefined },
    ]),
    ['a'],
  )
})
