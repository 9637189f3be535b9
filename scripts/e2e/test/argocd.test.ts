import t from 'tap'
import { managedSecret } from '../../testbed/manifest.ts'
import { storedSecret } from '../../testbed/stored-secret.ts'
import { ownRegistry } from '../../testbed/testbed.ts'
import { sync } from '../argo-cd.ts'
import { releaseNamespace, startProduct, valuesFor } from '../product.ts'

const namespace = 'apps'

const product = await startProduct(t)
const { node, kubectl, apply } = product
await product.namespace(namespace, 'enabled')
const values = valuesFor(product, { secrets: [{ namespace, name: 'from-values' }] })

const serverSide = ['--server-side', '--field-manager=argocd-controller']
/** Argo CD always forces conflicts. The second apply does not, so that a field with another owner causes a conflict. */
const modes = {
  'client-side apply': { first: [], second: [] },
  'server-side apply': { first: [...serverSide, '--force-conflicts'], second: serverSide },
}

for (const [mode, { first, second }] of Object.entries(modes)) {
  t.test(`${mode}: two syncs as by Argo CD cause no conflict, and the second changes nothing`, async t => {
    await sync(product, values, first)
    const before = await state()
    t.match((await storedSecret(node, { namespace, name: 'from-values' })).logins, { [ownRegistry]: /^AWS:/ })
    const { code, stderr } = await apply(managedSecret({ namespace, name: `pull-${first.length}` }))
    t.equal(code, 0, stderr)
    await sync(product, values, second)
    t.same(await state(), before)
  })
}

/** The state that must not change: pods, caBundles and the serving pair. */
async function state(): Promise<Record<string, string>> {
  const asked = {
    bundles: ['mutatingwebhookconfigurations', '-o', 'jsonpath={.items[*].webhooks[*].clientConfig.caBundle}'],
    generations: ['deployments,cronjobs,poddisruptionbudgets', '-n', releaseNamespace, '-o', 'jsonpath={.items[*].metadata.generation}'],
    secrets: [
      'secret',
      'ecr-anywhere-tls',
      'ecr-anywhere-tickets',
      '-n',
      releaseNamespace,
      '-o',
      'jsonpath={.items[*].metadata.resourceVersion}',
    ],
  }
  const found = await Promise.all(Object.entries(asked).map(async ([name, words]) => [name, await kubectl('get', ...words)]))
  return Object.fromEntries(found)
}
