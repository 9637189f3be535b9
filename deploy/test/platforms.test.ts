import { access, readFile } from 'node:fs/promises'
import { readSchema, valuesOf } from '@ecr-anywhere/scripts/docs/chart-values.ts'
import { base, merged, ofKind, podTemplates, type Rendered, render, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'
import { parse } from 'yaml'

const page = new URL('../../docs/platforms.md', import.meta.url)
const text = await readFile(page, 'utf8')
const known = valuesOf(await readSchema()).map(({ path }) => path.join('.'))
const [, ...sections] = text.split(/^## /m)

/** The effect that the values of each platform must have. */
const effects: Record<string, (objects: Rendered[]) => unknown> = {
  'AKS with Helm 4': objects =>
    ofKind(objects, 'MutatingWebhookConfiguration').every(one => one.metadata.annotations?.['admissions.enforcer/disabled'] === 'true'),
  'Private GKE': objects => webhookOf(objects).containers[0].ports.some((port: { containerPort: number }) => port.containerPort === 10250),
  'EKS with another CNI': objects => webhookOf(objects).hostNetwork === true,
  OpenShift: objects => podTemplates(objects).every(({ spec }) => spec.nodeSelector['node-role.kubernetes.io/infra'] === ''),
  k3s: objects => ofKind(objects, 'Deployment').every(({ spec }) => spec.replicas === 1),
  kind: objects => webhookOf(objects).containers[0].env.some(({ name }: { name: string }) => name === 'AWS_SESSION_TOKEN'),
}

test('the page has a section for each platform', t => {
  t.strictSame(sections.map(section => section.split('\n')[0]).sort(), Object.keys(effects).sort())
  t.end()
})

for (const [platform, effect] of Object.entries(effects)) {
  test(`${platform}: the values can be installed, and have the effect that the page describes`, async t => {
    const section = sections.find(one => one.startsWith(`${platform}\n`)) ?? ''
    const blocks = [...section.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block = '']) => parse(block) as Values)
    t.equal(blocks.length, 1)
    for (const values of blocks) {
      t.ok(effect(await render(merged(base, values))))
      for (const path of pathsOf(values)) t.match(section, `\`${path}`, `${path} is explained`)
    }
  })
}

test('every value that the page names exists', t => {
  const tops = new Set(known.map(path => path.split('.')[0]))
  const named = [...text.matchAll(/`([a-zA-Z]+(?:\.[a-zA-Z]+)*)`/g)].map(([, name = '']) => name)
  const values = named.filter(name => tops.has(name.split('.')[0]))
  t.ok(values.length > 30)
  for (const value of values) t.ok(known.includes(value), value)
  t.end()
})

test('every link of the page leads to a file, and the two READMEs link to the page', async t => {
  for (const [, link = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) await t.resolves(access(new URL(link, page)), link)
  for (const [readme, link] of [
    ['../../README.md', 'docs/platforms.md'],
    ['../chart/README.md', '../../docs/platforms.md'],
  ] as const)
    t.match(await readFile(new URL(readme, import.meta.url), 'utf8'), `](${link})`, readme)
})

test('the documentation installs with a command that also upgrades', async t => {
  for (const name of ['README.md', 'deploy/chart/README.md', 'docs/platforms.md', 'docs/security.md']) {
    const found = await readFile(new URL(`../../${name}`, import.meta.url), 'utf8')
    t.notMatch(found, /helm install\b/, name)
    if (name !== 'docs/security.md') t.match(found, 'helm upgrade --install ecr-anywhere oci://HOST/PATH/charts/ecr-anywhere', name)
  }
})

function webhookOf(objects: Rendered[]) {
  return podTemplates(objects).find(({ from }) => from.startsWith('Deployment'))?.spec
}

/** The values of the schema that some values set, apart from those that are the same everywhere. */
function pathsOf(values: Values): string[] {
  const isSet = (path: string) =>
    path.split('.').reduce<unknown>((value, key) => (value as Values | undefined)?.[key], values) !== undefined
  return known.filter(path => isSet(path) && !/^(clusterName|aws\.region|aws\.roleArn)$/.test(path))
}
