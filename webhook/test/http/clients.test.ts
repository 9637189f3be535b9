import { Agent } from 'node:https'
import { call, portOf } from '@ecr-anywhere/scripts/testbed/https-call.ts'
import t, { type Test } from 'tap'
import { parseClientCa } from '../../src/files/client-ca.ts'
import { parsePair } from '../../src/files/serving-pair.ts'
import { usePair } from '../../src/http/server.ts'
import { secret } from '../admission/secrets.ts'
import { review } from '../admission/world.ts'
import { type Minted, mint } from '../files/pairs.ts'
import { server } from './serving.ts'

const [pair, ca, otherCa] = await Promise.all([mint(), mint({ name: 'client-ca' }), mint({ name: 'other-ca' })])
const [named, other, stranger, ofOtherCa] = await Promise.all([
  mint({ name: 'kube-apiserver', by: ca }),
  mint({ name: 'another', by: ca }),
  mint({ name: 'kube-apiserver' }),
  mint({ name: 'kube-apiserver', by: otherCa }),
])
const body = JSON.stringify(review({ object: secret() }))

/** A server that requires client certificates. `useCa` does what happens when the CA file changes. */
async function listening(t: Test, firstCa: string | undefined) {
  let authorities = firstCa === undefined ? [] : parseClientCa(firstCa).authorities
  const served = server(t, { clients: { names: ['kube-apiserver'], authorities: () => authorities } })
  const useCa = (pem: string) => {
    authorities = parseClientCa(pem).authorities
    usePair(served.app, parsePair(pair.cert, pair.key), pem)
  }
  if (firstCa !== undefined) useCa(firstCa)
  await served.app.listen({ host: 'localhost', port: 0 })
  const port = portOf(served.app)
  const post = (shown: Partial<Minted> & { agent?: Agent } = {}) => call(port, { ca: pair.cert, ...shown }, body)
  return { ...served, post, useCa }
}

/** An agent that keeps its connection open, as an API server does. */
function keptOpen(t: Test, { cert, key }: Minted): { agent: Agent } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: pair.cert, cert, key })
  t.teardown(() => agent.destroy())
  return { agent }
}

t.test('only clients with the configured names and CA are accepted', async t => {
  const { post, admissions } = await listening(t, ca.cert)
  t.equal((await post(named)).status, 200)
  const refused = await post(other)
  t.equal(refused.status, 400)
  t.match(JSON.parse(refused.body), { kind: 'Status', message: /certificate with another subject name.*wanted one of CLIENT_NAMES/ })
  for (const shown of [stranger, ofOtherCa, {}]) await t.rejects(post(shown))
  t.equal(admissions.length, 1)
})

t.test('while the CA is unknown, every client is rejected, even with a certificate of a CA that Node trusts', async t => {
  const { post, useCa, admissions } = await listening(t, undefined)
  for (const shown of [named, stranger, {}]) await t.rejects(post(shown))
  useCa(ca.cert)
  t.equal((await post(named)).status, 200)
  t.equal(admissions.length, 1)
})

t.test('a new CA is used from the next handshake on, and the old CA beside it still works', async t => {
  const { post, useCa } = await listening(t, ca.cert)
  await t.rejects(post(ofOtherCa))
  useCa(`${ca.cert}\n${otherCa.cert}`)
  for (const shown of [ofOtherCa, named]) t.equal((await post(shown)).status, 200)
  useCa(otherCa.cert)
  t.equal((await post(ofOtherCa)).status, 200)
  await t.rejects(post(named))
})

t.test('an open connection stays if its CA is still in the changed file, and is rejected otherwise', async t => {
  const { post, useCa, admissions } = await listening(t, `${ca.cert}\n${otherCa.cert}`)
  const [removed, staying] = [keptOpen(t, named), keptOpen(t, ofOtherCa)]
  for (const kept of [removed, staying]) t.equal((await post(kept)).status, 200)
  useCa(otherCa.cert)
  const { status, headers } = await post(removed)
  t.strictSame([status, headers.connection], [400, 'close'])
  t.strictSame([(await post(staying)).status, (await post(staying)).headers.connection], [200, 'keep-alive'])
  await t.rejects(post(removed), 'a rejected client cannot return by resuming its TLS session')
  t.equal(admissions.length, 4)
})

t.test('a certificate with an intermediate CA is accepted by its root CA, before and after a change', async t => {
  const intermediate = await mint({ name: 'intermediate', by: ca, isCa: true })
  const leaf = await mint({ name: 'kube-apiserver', by: intermediate })
  const { post, useCa } = await listening(t, ca.cert)
  const kept = keptOpen(t, { cert: `${leaf.cert}\n${intermediate.cert}`, key: leaf.key })
  t.equal((await post(kept)).status, 200)
  useCa(`${otherCa.cert}\n${ca.cert}`)
  t.equal((await post(kept)).status, 200)
  useCa(otherCa.cert)
  t.equal((await post(kept)).status, 400)
})

t.test('after the serving certificate changes, clients still need a certificate', async t => {
  const { app, useCa, post } = await listening(t, ca.cert)
  useCa(ca.cert)
  await t.rejects(post())
  usePair(app, parsePair(pair.cert, pair.key), ca.cert)
  await t.rejects(post())
  t.equal((await post(named)).status, 200)
})
