import { join } from 'node:path'
import t from 'tap'
import { loadKubeConfig } from '../../src/kube/load-kube-config.ts'

const cluster = { name: 'a', cluster: { server: 'https://127.0.0.1:1' } }
const context = (name: string, of: string) => ({ name, context: { cluster: of, user: 'u' } })
const config = { apiVersion: 'v1', kind: 'Config', clusters: [cluster], contexts: [context('a', 'a'), context('stale', 'gone')] }

const refusals: [about: string, content: object | string, chosen: string | undefined, message: RegExp][] = [
  [
    'no kubeconfig',
    'a: [',
    undefined,
    /found the kubeconfig \S+file, which cannot be read \(it is not a kubeconfig\).* Correct --kubeconfig/,
  ],
  ['no current context', config, undefined, /found no current context in the kubeconfig \S+file; .* Choose one with --context, or/],
  ['another document', { hello: 'world' }, undefined, /found no current context in the kubeconfig \S+file/],
  [
    'an unknown current context',
    { ...config, 'current-context': 'b' },
    undefined,
    /found the current context "b", which is not in the kube/,
  ],
  ['an unknown context', config, 'b', /found no context "b" in the kubeconfig; wanted one of a, stale\. See `kubectl config get-contexts`/],
  ['a context without its cluster', config, 'stale', /found the context "stale" with the cluster "gone", which is not in the kubeconfig/],
]

for (const [about, content, chosen, message] of refusals) {
  t.test(`with ${about}, the error names what is missing, and the next command`, async t => {
    const file = join(t.testdir({ file: typeof content === 'string' ? content : JSON.stringify(content) }), 'file')
    t.throws(() => loadKubeConfig({ file, context: chosen }), { kind: 'settings', message })
  })
}

t.test('the chosen context is the current one', async t => {
  const file = join(t.testdir({ file: JSON.stringify(config) }), 'file')
  t.equal(loadKubeConfig({ file, context: 'a' }).getCurrentCluster()?.server, cluster.cluster.server)
})
