import { stringify } from 'yaml'
import { base, merged, ofKind, render } from '../testbed/helm.ts'

const gcpSync = {
  enabled: true,
  projectId: 'a-project',
  location: 'us',
  repositoryName: 'a',
  secretName: 'a',
  aws: { roleArn: 'arn:aws:iam::111122223333:role/a' },
}

/** All alerts of the chart, with those of optional parts, as a rules file for a Prometheus without the operator. @throws with Helm's message */
export async function rulesFile(): Promise<string> {
  const objects = await render(merged(base, { gcpSync, provision: { enabled: true }, monitoring: { prometheusRule: { enabled: true } } }))
  const [rule] = ofKind(objects, 'PrometheusRule')
  const head = '# Made from deploy/chart/templates/monitoring by scripts/docs: change the templates, then `npm run docs`.\n'
  return head + stringify(rule?.spec, { lineWidth: 0, aliasDuplicateObjects: false })
}
