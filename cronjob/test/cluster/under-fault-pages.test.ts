import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import t from 'tap'
import { clientOf, renewedIn, storeDue } from './due-secrets.ts'
import type { Instead } from './failing-proxy.ts'
import { type Failing, refreshThrough } from './refresh-through.ts'

const cluster = await clusterFor(t)
const bed = await startTestbed({ cluster, id: 'failing-pages' })
t.teardown(bed.stop)
const client = await clientOf(t, cluster.kubeconfig)
const count = 16
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)
const refreshBehind = (namespaces: string[], options: Failing) => refreshThrough(options, { bed, cluster, namespaces })

const pages: [about: string, instead: Instead | undefined][] = [
  ['is rejected', { status: 500 }],
  ['has expired', { status: 410 }],
  ['is no list', { status: 200, body: { kind: 'Status', apiVersion: 'v1' } }],
  ['is no JSON', { status: 200, body: '<html>' }],
  ['is cut', undefined],
]

for (const [at, [about, instead]] of pages.entries()) {
  t.test(`if a page of the list ${about}, the run reports it and renews the other namespace, and the next run completes`, async t => {
    const [bad, good] = [`page-bad-${at}`, `page-good-${at}`]
    const names = await storeDue(client, { id: 'failing-pages', namespace: bad, count })
    await storeDue(client, { id: 'failing-pages', namespace: good, count })
    const { code, stdout } = await refreshBehind([bad, good], {
      rewrite: url => url.replace('limit=500', 'limit=5'),
      before: ({ url }) => {
        if (!url.includes(bad) || !url.includes('continue=')) return undefined
        if (instead === undefined) throw new Error('the connection breaks')
        return instead
      },
    })
    t.equal(code, 1)
    t.match(lastLine(stdout), new RegExp(`^refresh failed: namespace ${bad} could not be listed: `))
    t.same(await renewedIn(client, good), names)
    t.match(await bed.ecrAnywhere(['refresh'], { NAMESPACES: `${bad},${good}` }), { code: 0 })
    t.same(await renewedIn(client, bad), names)
  })
}
