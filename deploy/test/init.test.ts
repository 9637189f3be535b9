import { platforms } from '@ecr-anywhere/cli/init/choices.ts'
import { filesOf } from '@ecr-anywhere/cli/init/planned-files.ts'
import { platformOf } from '@ecr-anywhere/cli/init/platforms.ts'
import { template } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'
import { parse } from 'yaml'

const answers = {
  account: { partition: 'aws', account: '111122223333' },
  region: 'us-east-1',
  principal: { path: '/', name: 'pull' },
  documents: undefined,
  repositories: ['arn:aws:ecr:us-east-1:111122223333:repository/*'],
  clusterName: 'prod',
  namespace: 'default',
  chart: 'oci://registry.example/charts/ecr-anywhere',
  directory: 'ecr-anywhere',
}

for (const platform of platforms) {
  for (const identity of ['web-identity', 'keys'] as const) {
    test(`${platform}, ${identity}: the chart accepts the values that init writes`, async t => {
      const issuer = identity === 'keys' ? undefined : 'https://oidc.example'
      const files = filesOf({ ...answers, platform, identity, issuer, audience: platformOf[platform].audience })
      const { code, stderr } = await template(parse(files.find(({ path }) => path === 'values.yaml')?.text ?? ''))
      t.equal(code, 0, stderr)
    })
  }
}
