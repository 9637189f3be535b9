import t from 'tap'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { usageOf } from '../../src/status/usage.ts'

const container = {
  name: 'a',
  env: [
    { name: 'A', value: 'b' },
    { name: 'B', valueFrom: { secretKeyRef: { name: 'variable', key: 'a' } } },
  ],
  envFrom: [{ secretRef: { name: 'variables' } }, { configMapRef: { name: 'x' } }],
}
const pod = {
  metadata: { namespace: 'a', name: 'pod' },
  spec: {
    imagePullSecrets: [{ name: 'pull' }, {}],
    volumes: [
      { secret: { secretName: 'volume' } },
      { projected: { sources: [{ secret: { name: 'projected' } }, { configMap: {} }] } },
      { emptyDir: {} },
    ],
    containers: [container],
    initContainers: null,
  },
}
const account = { metadata: { namespace: 'a', name: 'account' }, imagePullSecrets: [{ name: 'pull' }], secrets: [{ name: 'old-token' }] }

const pages: Cluster['pages'] = async function* ({ kind }, { item }) {
  yield [item.parse(kind === 'Pod' ? pod : account)]
}

t.test('a pod uses the Secrets that it pulls with, mounts or reads, and an account those that it names', async t => {
  const wanted = Promise.resolve(new Set(['pull', 'variable', 'variables', 'volume', 'projected'].map(name => `a/${name}`)))
  const usage = await usageOf({ pages }, { namespace: undefined, wanted })
  t.strictSame(usage.get('a/pull'), { pods: ['pod'], serviceAccounts: ['account'] })
  for (const name of ['variable', 'variables', 'volume', 'projected'])
    t.strictSame(usage.get(`a/${name}`), { pods: ['pod'], serviceAccounts: [] }, name)
  t.equal(usage.size, 5, 'other Secrets are not kept')
})
