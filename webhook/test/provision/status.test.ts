import t from 'tap'
import type { Namespace } from '../../src/provision/provisioner.ts'
import { maxNamed, maxSilenceMs, provisionStatus, whyNotReady } from '../../src/provision/status.ts'

const namespace = (name: string, more: Partial<Namespace> = {}): Namespace => {
  return { name, uid: 'u', asks: '', secret: 'pull', sinceMs: 1_000, state: 'ready', ...more }
}

t.test('the status counts namespaces and names those that are not ready, with the cause', async t => {
  const failing = namespace('b', { state: 'failing', cause: 'exceeded quota' })
  t.strictSame(provisionStatus([namespace('a'), failing, namespace('c', { state: 'pending' })], { version: '1', nowMs: 3_400 }), {
    version: '1',
    namespaces: { pending: 1, ready: 1, failing: 1 },
    notReady: [
      { namespace: 'b', secret: 'pull', state: 'failing', sinceSeconds: 2, cause: 'exceeded quota' },
      { namespace: 'c', secret: 'pull', state: 'pending', sinceSeconds: 2, cause: '' },
    ],
  })
  const many = Array.from({ length: maxNamed + 1 }, (_, at) => namespace(`n${at}`, { state: 'failing' }))
  t.equal(provisionStatus(many, { version: '1', nowMs: 0 }).notReady.length, maxNamed)
})

t.test('it is ready once namespaces are listed and while the API server answers', async t => {
  const contact = { isDraining: false, hasListed: true, lastMs: 0, problem: undefined }
  t.equal(whyNotReady(contact, maxSilenceMs), undefined)
  t.match(whyNotReady(contact, maxSilenceMs + 1), /has not answered for more than 3 minutes$/)
  t.match(whyNotReady({ ...contact, problem: 'ECONNREFUSED' }, maxSilenceMs + 1), /3 minutes: ECONNREFUSED$/)
  t.match(whyNotReady({ ...contact, hasListed: false, problem: 'Forbidden' }, 0), /not been listed yet: Forbidden$/)
  t.match(whyNotReady({ ...contact, hasListed: false }, 0), /not been listed yet$/)
  t.equal(whyNotReady({ ...contact, isDraining: true }, 0), 'shutting down')
})
