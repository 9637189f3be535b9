import { pathOf } from '@ecr-anywhere/shared/kube/path.ts'
import t from 'tap'
import { authenticationConfigMap, frontProxyOf } from '../../src/aggregated-api/front-proxy.ts'
import { mint } from '../files/pairs.ts'

const [frontCa, otherCa] = await Promise.all([mint({ name: 'front-proxy-ca' }), mint({ name: 'cluster-ca' })])
const [renewed] = await Promise.all([mint({ name: 'front-proxy-ca' })])

t.test('the CAs and names are read from a ConfigMap of kubeadm', async t => {
  const { authorities, names } = frontProxyOf({
    'client-ca-file': otherCa.cert,
    'requestheader-client-ca-file': `${frontCa.cert}${renewed.cert}`,
    'requestheader-allowed-names': '["front-proxy-client"]',
    'requestheader-username-headers': '["X-Remote-User"]',
  })
  t.equal(authorities.length, 2)
  t.strictSame(names, ['front-proxy-client'])
})

t.test('without names, every certificate of a separate front-proxy CA is accepted', async t => {
  for (const names of [undefined, '[]']) {
    const data = { 'requestheader-client-ca-file': frontCa.cert, 'client-ca-file': otherCa.cert }
    t.strictSame(frontProxyOf({ ...data, ...(names && { 'requestheader-allowed-names': names }) }).names, [])
  }
  t.strictSame(frontProxyOf({ 'requestheader-client-ca-file': frontCa.cert }).names, [], 'this also holds in a cluster without a client CA')
})

const shared = { 'requestheader-client-ca-file': frontCa.cert, 'client-ca-file': `${otherCa.cert}${frontCa.cert}` }

const refused: [about: string, data: Record<string, string>, message: RegExp][] = [
  ['no CA', {}, /found no requestheader-client-ca-file .*aggregation layer is on.*another attestation\.mode/],
  ['an empty CA', { 'requestheader-client-ca-file': '' }, /found no requestheader-client-ca-file/],
  [
    'a CA that is no certificate',
    { 'requestheader-client-ca-file': frontCa.cert.replace(/M/g, '?') },
    /cannot be parsed in requestheader-client-ca-file/,
  ],
  [
    'names that are not JSON',
    { ...shared, 'requestheader-allowed-names': 'front-proxy-client' },
    /found no JSON in requestheader-allowed-names/,
  ],
  ['names that are not a list', { ...shared, 'requestheader-allowed-names': '{"a":1}' }, /another value in requestheader-allowed-names/],
  ['names that are not strings', { ...shared, 'requestheader-allowed-names': '[1]' }, /another value in requestheader-allowed-names/],
  ['a client CA that is also the front-proxy CA, and no names', shared, /also signs client certificates.*every kubelet could ask/],
  [
    'a client CA that cannot be parsed, and no names',
    { ...shared, 'client-ca-file': frontCa.cert.replace(/M/g, '?') },
    /in client-ca-file/,
  ],
]

for (const [about, data, message] of refused) {
  t.test(`${about}: the ConfigMap is rejected`, async t => {
    t.throws(() => frontProxyOf(data), { kind: 'settings', code: 'FrontProxyUnusable', message })
  })
}

t.test('the ConfigMap is rejected if one CA of several is shared', async t => {
  const data = { 'requestheader-client-ca-file': `${renewed.cert}\n${frontCa.cert}`, 'client-ca-file': frontCa.cert }
  t.throws(() => frontProxyOf(data), { message: /also signs client certificates/ })
})

t.test('a parse error contains its cause and what is expected', async t => {
  const broken = frontCa.cert.replace(/M/g, '?')
  t.throws(() => frontProxyOf({ 'requestheader-client-ca-file': broken }), { message: /wanted certificates in PEM/, cause: Error })
  const names = { 'requestheader-client-ca-file': frontCa.cert, 'requestheader-allowed-names': '{' }
  t.throws(() => frontProxyOf(names), { message: /wanted a JSON list of names/, cause: SyntaxError })
})

t.test('the ConfigMap is the one that the Kubernetes documentation names', async t => {
  t.equal(pathOf(authenticationConfigMap), '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication')
})

t.test('with names, a shared CA is accepted, because the certificates of kubelets have other names', async t => {
  t.strictSame(frontProxyOf({ ...shared, 'requestheader-allowed-names': '["front-proxy-client"]' }).names, ['front-proxy-client'])
})
