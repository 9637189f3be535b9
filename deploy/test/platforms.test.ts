import { readSchema, valuesOf } from '@ecr-anywhere/scripts/docs/chart-values.ts'
import { blocksOf } from '@ecr-anywhere/scripts/docs/markdown.ts'
import { readPages } from '@ecr-anywhere/scripts/docs/pages.ts'
import { base, merged, ofKind, podTemplates, type Rendered, render, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'
import { parse, parseAllDocuments } from 'yaml'

const pages = await readPages()
const textOf = (page: string) => pages.get(page) ?? ''
const known = valuesOf(await readSchema()).map(({ path }) => path.join('.'))
const folder = 'docs/getting-started'

/** The sections with the values of a platform, and the effect that these must have. */
const platforms: [page: string, section: string, effect: (objects: Rendered[]) => unknown][] = [
  ['README.md', 'Install', objects => tokenVolume(objects) !== undefined],
  [
    'aks.md',
    'Values',
    objects =>
      ofKind(objects, 'MutatingWebhookConfiguration').every(one => one.metadata.annotations?.['admissions.enforcer/disabled'] === 'true'),
  ],
  [
    'gke.md',
    'Values',
    objects => webhookOf(objects).containers[0].ports.some((port: { containerPort: number }) => port.containerPort === 10250),
  ],
  [
    'eks.md',
    'A role in another account',
    objects => ofKind(objects, 'MutatingWebhookConfiguration').some(({ metadata }) => metadata.name.endsWith('shared-images')),
  ],
  ['eks.md', 'Another CNI', objects => webhookOf(objects).hostNetwork === true],
  [
    'openshift.md',
    'Infrastructure nodes, a proxy and monitoring',
    objects => podTemplates(objects).every(({ spec }) => spec.nodeSelector['node-role.kubernetes.io/infra'] === ''),
  ],
  ['on-premises.md', 'Values', objects => ofKind(objects, 'Deployment').every(({ spec }) => spec.replicas === 1)],
  [
    'local-clusters.md',
    '2. Install',
    objects => webhookOf(objects).containers[0].env.some(({ name }: { name: string }) => name === 'AWS_SESSION_TOKEN'),
  ],
]

for (const [page, name, effect] of platforms) {
  test(`${page}, ${name}: the values can be installed, and have the effect that the page describes`, async t => {
    const section = sectionOf(textOf(`${folder}/${page}`), name)
    const [block, ...others] = blocksOf(section).filter(({ language }) => language === 'yaml')
    t.same(others, [])
    const values = parse(block?.text ?? '') as Values
    t.ok(effect(await render(merged(base, values))))
    if (page !== 'README.md') for (const path of pathsOf(values)) t.match(section, `\`${path}`, `${path} is explained`)
  })
}

test('each platform has a page, to which the first page links', t => {
  const found = [...pages.keys()].filter(page => page.startsWith(`${folder}/`))
  t.same(found.sort(), [...new Set(platforms.map(([page]) => `${folder}/${page}`))].sort())
  for (const page of found.filter(one => !one.endsWith('README.md')))
    t.match(textOf(`${folder}/README.md`), `](${page.slice(folder.length + 1)})`)
  t.end()
})

for (const page of [...pages.keys()].filter(page => /^docs\/(?:identity|consumers)\//.test(page))) {
  const blocks = blocksOf(textOf(page)).filter(({ language }) => language === 'yaml')
  const found = blocks.flatMap(({ text }) => parseAllDocuments(text).map(document => document.toJS() as Values)).filter(isOfChart)
  if (found.length > 0)
    test(`${page}: the values can be installed`, async t => {
      for (const values of found) t.ok((await render(merged(base, values))).length > 30)
    })
}

test('every value that the pages name exists', t => {
  const tops = new Set(known.map(path => path.split('.')[0]))
  const texts = [...pages].filter(([page]) => /^docs\/(?:getting-started|identity|consumers)\//.test(page))
  const named = texts.flatMap(([page, text]) =>
    [...text.matchAll(/`([a-zA-Z]+(?:\.[a-zA-Z]+)+)`/g)].map(([, name = '']) => ({ page, name })),
  )
  const values = named.filter(({ name }) => tops.has(name.split('.')[0]))
  t.ok(values.length > 50)
  for (const { page, name } of values) t.ok(known.includes(name), `${page}: ${name}`)
  t.end()
})

test('the documentation installs with a command that also upgrades', t => {
  for (const [page, text] of pages) if (!/^(?:CHANGELOG|docs\/(?:seeds|migrate))/.test(page)) t.notMatch(text, /helm install\b/, page)
  for (const page of ['README.md', 'deploy/chart/README.md', `${folder}/README.md`])
    t.match(textOf(page), 'helm upgrade --install ecr-anywhere oci://HOST/PATH/charts/ecr-anywhere', page)
  t.end()
})

/** The text of a section of the second level. */
function sectionOf(text: string, name: string): string {
  return text.split(/^## /m).find(section => section.startsWith(`${name}\n`)) ?? ''
}

/** Whether a document has only values of the chart. Others are objects of Kubernetes or files of other programs. */
function isOfChart(values: unknown): boolean {
  const tops = new Set(known.map(path => path.split('.')[0]))
  return typeof values === 'object' && values !== null && Object.keys(values).every(key => tops.has(key))
}

function tokenVolume(objects: Rendered[]) {
  return webhookOf(objects).volumes.find(({ projected }: { projected?: object }) =>
    JSON.stringify(projected ?? {}).includes('sts.amazonaws.com'),
  )
}

function webhookOf(objects: Rendered[]) {
  return podTemplates(objects).find(({ from }) => from.startsWith('Deployment'))?.spec
}

/** The values of the schema that some values set, apart from those that are the same everywhere. */
function pathsOf(values: Values): string[] {
  const isSet = (path: string) =>
    path.split('.').reduce<unknown>((value, key) => (value as Values | undefined)?.[key], values) !== undefined
  return known.filter(path => isSet(path) && !/^(clusterName|aws\.region|aws\.roleArn)$/.test(path))
}
