import t from 'tap'
import { maxEvents } from '../../src/refresh/events.ts'
import { podEventsOf, unusableOf } from '../../src/refresh/pod-events.ts'
import type { Touched } from '../../src/refresh/touch.ts'
import type { WaitingPod } from '../../src/refresh/waiting-pods.ts'
import { expired, fresh, nowMs, refreshOptions } from './api-server.ts'

const times = { nowMs, refreshBeforeMs: refreshOptions.refreshBeforeMs }
const image = '111122223333.dkr.ecr.us-east-1.amazonaws.com/app:1'
const secret = (name: string, expiresAt?: string) => ({ namespace: 'team-a', name, uid: `uid-${name}`, expiresAt, updatedAt: undefined })
const failed = (name: string, expiresAt?: string, cause = 'no role'): Touched => ({
  secret: secret(name, expiresAt),
  result: 'failed',
  cause,
})
const pod = (name: string, ...pullSecrets: string[]): WaitingPod => ({ namespace: 'team-a', name, uid: `uid-${name}`, pullSecrets, image })
const found = (pods: WaitingPod[], ...touched: Touched[]) => podEventsOf(pods, unusableOf({ touched }, times), nowMs)

t.test('only Secrets that failed and hold no valid credentials are unusable', async t => {
  const touched: Touched[] = [
    failed('expired', expired),
    failed('now', new Date(nowMs).toISOString()),
    failed('never'),
    failed('broken', 'soon'),
    failed('valid', fresh),
    { secret: secret('renewed', expired), result: 'refreshed', expiresAt: fresh, updatedAt: undefined },
    { secret: secret('gone', expired), result: 'gone' },
  ]
  t.strictSame(
    unusableOf({ touched }, times).map(one => one.secret.name),
    ['expired', 'now', 'never', 'broken'],
  )
})

t.test('a pod that names such a Secret has a Warning with the state of the Secret and the cause', async t => {
  const pods = [pod('api', 'regcred', 'expired'), pod('web', 'never'), pod('job', 'broken')]
  const events = found(pods, failed('expired', expired), failed('never'), failed('broken', 'soon'))
  t.match(events, [
    {
      about: { kind: 'Pod', namespace: 'team-a', name: 'api', uid: 'uid-api' },
      component: 'ecr-anywhere-refresh',
      reason: 'PullSecretNotRenewed',
      message: `The image ${image} cannot be pulled with the image pull secret expired, which has credentials that expired at ${expired} and was not renewed: no role`,
      nowMs,
    },
    { about: { name: 'web' }, message: /image pull secret never, which has never had credentials and was not renewed: no role$/ },
    { about: { name: 'job' }, message: /image pull secret broken, which has an expires_at that is no time and was not renewed: no role$/ },
  ])
  t.notOk('type' in (events[0] ?? {}), 'it is a Warning, the default')
})

t.test('a pod has no Event because of a Secret that it does not name, that is valid, or that is in another namespace', async t => {
  t.strictSame(found([pod('api', 'regcred')], failed('expired', expired)), [])
  t.strictSame(found([pod('api', 'valid')], failed('valid', fresh)), [])
  t.strictSame(found([{ ...pod('api', 'expired'), namespace: 'team-b' }], failed('expired', expired)), [])
})

t.test('the Event of a pod has the same id in each run with the same cause, and another one for another cause or pod', async t => {
  const idOf = (name: string, cause: string) => found([pod(name, 'expired')], failed('expired', expired, cause))[0]?.id
  t.equal(idOf('api', 'no role (request 1)'), idOf('api', 'no role (request 2)'))
  t.not(idOf('api', 'no role'), idOf('api', 'no region'))
  t.not(idOf('api', 'no role'), idOf('web', 'no role'))
})

t.test('the number of Events is limited', async t => {
  const pods = Array.from({ length: maxEvents + 1 }, (_, at) => pod(`api-${at}`, 'expired'))
  t.equal(found(pods, failed('expired', expired)).length, maxEvents)
})
