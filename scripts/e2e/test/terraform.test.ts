import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { permissions } from '@ecr-anywhere/cli/trust-policy/permissions.ts'
import { repositoryPolicy } from '@ecr-anywhere/cli/trust-policy/repository-policy.ts'
import { trustPolicy } from '@ecr-anywhere/cli/trust-policy/trust-policy.ts'
import t, { type Test } from 'tap'
import { judgeRepository } from '../../iam/judge-repository.ts'
import { judgeSetUp, type Verdict } from '../../iam/judge-set-up.ts'
import { setUps } from '../../iam/set-ups/all.ts'
import { applied, command } from '../../terraform/configuration.ts'
import { type Example, exampleVariables, placesOf, serviceAccount } from '../../terraform/examples.ts'
import { terraformProgram } from '../../terraform/tofu.ts'
import { exampleWithoutProviders } from '../../terraform/without-providers.ts'

/** OpenTofu applies the examples, with everything that is theirs but the resources, and a simulator of IAM judges what they render. */
const source = fileURLToPath(new URL('../../../deploy/terraform', import.meta.url))
const program = await terraformProgram()
const work = await mkdtemp(join(tmpdir(), 'ecr-anywhere-terraform-'))
t.teardown(() => rm(work, { recursive: true }))

const examples = Object.keys(setUps) as Example[]
let requests = 0

/** What an example renders beside the policies of its role. */
const others: Partial<Record<Example, (t: Test, outputs: Record<string, unknown>) => Promise<void>>> = {
  'rosa-cross-account': async (t, outputs) => {
    const principal = 'arn:aws:iam::606639739464:role/ROSAECRAssumeRole'
    const repository = { partition: 'aws', region: 'us-east-1', account: '818140567777', repository: 'cf/web' }
    t.strictSame(parsed(outputs.repository_policy), repositoryPolicy({ partition: 'aws', principals: [principal] }))
    const policies = { permissions: parsed(outputs.permissions), repositoryPolicy: parsed(outputs.repository_policy) }
    await judged(t, judgeRepository({ ...policies, principal, repository }))
  },
  'github-cloud-build': async (t, outputs) => {
    const { destinations } = (parsed(outputs.replication) as { rules: { destinations: object[] }[] }).rules[0] ?? {}
    t.strictSame(destinations, [
      { region: 'eu-north-1', registryId: '333344445555' },
      { region: 'eu-west-1', registryId: '333344445555' },
      { region: 'eu-north-1', registryId: '444455556666' },
      { region: 'eu-west-1', registryId: '444455556666' },
    ])
    // A role in prod pulls in staging, as every principal of both accounts may.
    const pulls = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'ecr:*', Resource: '*' }] }
    const repository = { partition: 'aws', region: 'eu-west-1', account: '444455556666', repository: 'apps/web' }
    const policies = { permissions: pulls, repositoryPolicy: parsed(outputs.created_repository_policy) }
    await judged(t, judgeRepository({ ...policies, principal: 'arn:aws:iam::333344445555:role/nodes', repository }))
    for (const [name, policy] of Object.entries(outputs.registry_policies as Record<string, string[]>))
      t.match(policy, [/222233334444:root.*eu-north-1/, /222233334444:root.*eu-west-1/], name)
  },
  'cloud-run': async (t, outputs) => {
    t.strictSame(outputs.settings, {
      DEBUG: 'False',
      AWS_REGION: 'us-east-1',
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/ecr-anywhere',
      AWS_ECR_USERNAME: 'AWS',
      AWS_AUDIENCE: 'sts.amazonaws.com',
      GCP_PROJECT_ID: 'my-gcp-project-id',
      GCP_LOCATION: 'europe-west1',
      GCP_SECRET_NAME: 'ecr-login-password',
      GCP_REPOSITORY_NAME: 'ecr',
    })
  },
}

async function judged(t: Test, verdicts: Promise<Verdict[]>): Promise<void> {
  for (const { about, isAllowed, expected } of await verdicts) {
    t.equal(isAllowed, expected, about)
    requests++
  }
}

t.test('tofu fmt changes nothing', async t => {
  const { code, stdout, stderr } = await command({ program, dir: source }, ['fmt', '-check', '-recursive'])
  t.equal(code, 0, stdout + stderr)
})

for (const example of examples) {
  const setUp = setUps[example]
  t.test(`${setUp.about}: the example renders the policies that the command renders, and the simulator judges them`, async t => {
    const standIn = { places: placesOf(example), serviceAccount }
    const dir = await exampleWithoutProviders(source, { copy: join(work, example), example, standIn })
    const { outputs, text } = await applied({ program, dir }, exampleVariables[example])
    t.notMatch(text, /Warning/)
    const policies = { trust: parsed(outputs.trust_policy), permissions: parsed(outputs.permissions) }
    t.strictSame(policies.trust, trustPolicy(setUp.account, setUp.identities))
    t.strictSame(policies.permissions, permissions(setUp.permissions))

    await judged(t, judgeSetUp(setUp, policies))
    await others[example]?.(t, outputs)
  })
}

t.test('at least 60 requests were simulated', async t => {
  t.ok(requests >= 60, `${requests} requests were simulated`)
  console.error(`${requests} requests were simulated against the policies that ${program} rendered`)
})

function parsed(json: unknown): object {
  return JSON.parse(String(json))
}
