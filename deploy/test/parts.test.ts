import { base, merged, type PodTemplate, podTemplates, render, template, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'

/** The parts whose pods can be placed on their own, with the objects that contain these pods. */
const parts: Record<string, string[]> = {
  webhook: ['Deployment/ecr-anywhere-webhook'],
  provision: ['Deployment/ecr-anywhere-provision'],
  refresh: ['CronJob/ecr-anywhere-refresh'],
  certs: ['CronJob/ecr-anywhere-certs', 'Job/ecr-anywhere-certs-setup', 'Job/ecr-anywhere-certs-publish'],
  jobs: ['Job/ecr-anywhere-check', 'Job/ecr-anywhere-secrets'],
  gcpSync: ['CronJob/ecr-anywhere-gcp-sync'],
}

const gcpSync = {
  enabled: true,
  projectId: 'my-project',
  location: 'europe-west1',
  repositoryName: 'ecr',
  secretName: 'login',
  aws: { roleArn: 'arn:aws:iam::111122223333:role/gcp-ecr' },
}

/** All pods of a release with all optional parts. */
async function podsOf(values: Values): Promise<PodTemplate[]> {
  return podTemplates(
    await render(merged({ ...base, secrets: [{ namespace: 'default', name: 'ecr-pull' }], gcpSync, provision: { enabled: true } }, values)),
  )
}

const everywhere = {
  nodeSelector: { pool: 'any' },
  tolerations: [{ key: 'any', operator: 'Exists' }],
  priorityClassName: 'any',
}
const own = {
  nodeSelector: { pool: 'own', zone: 'a' },
  tolerations: [{ key: 'own', operator: 'Exists' }],
  priorityClassName: 'own',
  affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
}
const resources = { requests: { cpu: '3m' }, limits: { memory: '333Mi' } }

test('the parts of the release have all of its pods', async t => {
  t.strictSame((await podsOf({})).map(({ from }) => from).sort(), Object.values(parts).flat().sort())
})

test('by default every pod is scheduled on Linux nodes, and its placement is not restricted otherwise', async t => {
  for (const { from, spec } of await podsOf({})) {
    t.strictSame(spec.nodeSelector, { 'kubernetes.io/os': 'linux' }, from)
    t.notOk('tolerations' in spec || 'priorityClassName' in spec, from)
    t.equal('affinity' in spec, from.startsWith('Deployment'), `${from}: only pods of Deployments have anti-affinity`)
  }
})

for (const [part, pods] of Object.entries(parts)) {
  test(`${part}: its values apply to its pods and to no others`, async t => {
    for (const { from, spec } of await podsOf({ ...everywhere, [part]: { ...own, resources } })) {
      const { nodeSelector, tolerations, priorityClassName, affinity } = spec
      const isOwn = pods.includes(from)
      t.strictSame({ nodeSelector, tolerations, priorityClassName }, isOwn ? ownOver(own) : ownOver(everywhere), from)
      t.equal(JSON.stringify(affinity) === JSON.stringify(own.affinity), isOwn, `${from}: affinity`)
    }
  })

  test(`${part}: its containers have the resources that are given for it`, async t => {
    for (const { from, spec } of await podsOf({ [part]: { resources } })) {
      // Before certs.resources existed, jobs.resources also applied to certs.
      const isMeant = pods.includes(from) || (part === 'jobs' && parts.certs?.includes(from))
      t.equal(spec.containers[0].resources.limits.memory === '333Mi', isMeant, from)
    }
  })

  test(`${part}: a value of the wrong shape is rejected, and the message names it`, async t => {
    const wrong = { nodeSelector: { pool: 1 }, tolerations: [{ keys: 'a' }], priorityClassName: 1, affinity: { podAffinities: {} } }
    const { code, stderr } = await template(merged(base, { [part]: { ...wrong, resources: { limit: {} } } }))
    t.equal(code, 1)
    for (const key of [...Object.keys(wrong), 'resources']) t.match(stderr, `at '/${part}/${key}`)
  })

  test(`${part}: null keeps the value that is set for all pods`, async t => {
    const none = { nodeSelector: null, tolerations: null, priorityClassName: null, affinity: null }
    t.strictSame(await podsOf({ ...everywhere, [part]: none }), await podsOf(everywhere))
  })
}

test('certs.resources takes precedence over jobs.resources', async t => {
  const jobs = { resources: { limits: { memory: '444Mi' } } }
  const pods = await podsOf({ jobs, certs: { resources } })
  for (const { from, spec } of pods.filter(({ from }) => parts.certs?.includes(from)))
    t.strictSame(spec.containers[0].resources, resources, from)
})

/** The placement that the values give a pod, in addition to the chart's own node selector. */
function ownOver({ nodeSelector, tolerations, priorityClassName }: typeof everywhere) {
  return { nodeSelector: { 'kubernetes.io/os': 'linux', ...nodeSelector }, tolerations, priorityClassName }
}
