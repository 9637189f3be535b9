import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { ecrHosts, imageRests, similarHosts } from '@ecr-anywhere/scripts/testbed/ecr-images.ts'
import { base, merged, ofKind, render } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { isRegistryImage } from '@ecr-anywhere/shared/registry.ts'
import fc from 'fast-check'
import { test } from 'tap'

const name = 'ecr-images-agree'
/** As many as fit into the cost limit of an expression. */
const perRequest = 100
const requests = 30

test('the expression of the chart and the program agree which images are from ECR', async t => {
  const { kubectl } = await clusterFor(t)
  const images = fc.sample(
    fc.tuple(fc.oneof(ecrHosts, similarHosts), imageRests).map(([host, rest]) => host + rest),
    perRequest * requests,
  )
  const agree = images.filter(isRegistryImage).length
  t.ok(agree > images.length / 10 && agree < (images.length * 9) / 10, `${agree} of ${images.length} images are from ECR`)

  const [policy] = ofKind(await render(merged(base, { attach: { mode: 'policy' } })), 'MutatingAdmissionPolicy').filter(
    ({ metadata }) => metadata.name === 'ecr-anywhere-attach',
  )
  const condition: string = policy?.spec.matchConditions.at(-1).expression
  const tested = /c\.\?image\.orValue\(''\)(\.matches\('.+'\))/.exec(condition)?.[1] ?? ''
  t.equal(condition.split(tested).length, 3, 'it is tested in the same way for containers and for volumes')
  const kind = 'ValidatingAdmissionPolicy'
  const disagreeing = `object.data.images.split('\\n').filter(line, line.substring(1)${tested} != line.startsWith('+'))`
  const objects = [
    {
      kind,
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
          objectSelector: { matchLabels: { [name]: 'true' } },
        },
        variables: [{ name: 'disagreeing', expression: disagreeing }],
        validations: [{ expression: 'variables.disagreeing == []', messageExpression: "'disagree: ' + variables.disagreeing.join(' ')" }],
      },
    },
    { kind: `${kind}Binding`, spec: { policyName: name, validationActions: ['Deny'] } },
  ].map(object => ({ apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name }, ...object }))
  t.teardown(() => kubectl('delete', '--ignore-not-found', '-f', '-', manifests(...objects)))
  await must(kubectl('apply', '-f', '-', manifests(...objects)))

  const judged = (lines: readonly string[]) => {
    const metadata = { namespace: 'default', name, labels: { [name]: 'true' } }
    return kubectl(
      'create',
      '--dry-run=server',
      '-f',
      '-',
      manifests({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { images: lines.join('\n') } }),
    )
  }
  await until('the policy is in force', async () => (await judged(['+nginx'])).stderr.includes('disagree: +nginx'))
  for (let at = 0; at < images.length; at += perRequest) {
    const lines = images.slice(at, at + perRequest).map(image => `${isRegistryImage(image) ? '+' : '-'}${image}`)
    const { code, stderr } = await judged(lines)
    t.equal(code, 0, stderr)
  }
})
