import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import type { ClusterStatus } from '../../src/status/cluster-status.ts'
import { isRead, unreadable } from '../../src/status/unreadable.ts'
import { exitCodeOf, needsAttention, whereText } from '../../src/status/verdict.ts'

const cluster = (state: string, isLongDue = false) => ({ context: 'a', secrets: [{ state, isLongDue }] }) as unknown as ClusterStatus
const lost = unreadable('b', new Fault('transient', { found: 'ECONNREFUSED', wanted: 'an answer', todo: 'Try again.' }))

t.test('a Secret needs attention if it is Expired, NeverInjected or Conflict, or has been Due for long', async t => {
  for (const state of ['Expired', 'NeverInjected', 'Conflict'] as const) t.equal(needsAttention({ state, isLongDue: false }), true, state)
  for (const state of ['Fresh', 'Due'] as const) t.equal(needsAttention({ state, isLongDue: false }), false, state)
  t.equal(needsAttention({ state: 'Due', isLongDue: true }), true)
})

t.test('the exit code is 1 if a Secret needs attention or a cluster could not be read', async t => {
  t.equal(exitCodeOf([]), 0)
  t.equal(exitCodeOf([cluster('Fresh'), cluster('Due')]), 0)
  t.equal(exitCodeOf([cluster('Fresh'), cluster('Due', true)]), 1)
  t.equal(exitCodeOf([cluster('Fresh'), lost]), 1)
  t.strictSame([isRead(lost), isRead(cluster('Fresh'))], [false, true])
  t.match(lost.error, /ECONNREFUSED/)
})

t.test('the sentence that there are no Secrets says where they were looked for', async t => {
  t.equal(whereText({ namespace: undefined }, []), 'in any namespace')
  t.equal(whereText({ namespace: { name: 'a' } }, []), 'in namespace a; --all-namespaces shows those of all namespaces')
  t.equal(
    whereText({ namespace: 'context' }, [{ namespace: 'a' }, { namespace: 'b' }, { namespace: 'a' }]),
    'in namespace a, b; --all-namespaces shows those of all namespaces',
  )
})
