import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { permissions } from '@ecr-anywhere/cli/trust-policy/permissions.ts'
import { repositoryPolicy } from '@ecr-anywhere/cli/trust-policy/repository-policy.ts'
import { trustPolicy } from '@ecr-anywhere/cli/trust-policy/trust-policy.ts'
import t from 'tap'
import { judgeSetUp } from '../../iam/judge-set-up.ts'
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

    const verdicts = await judgeSetUp(setUp, policies)
    for (const { about, isAllowed, expected } of verdicts) t.equal(isAllowed, expected, about)
    requests += verdicts.length

    if (example !== 'rosa-cross-account') return
    const principals = [`arn:aws:iam::${setUp.account.account}:role/ROSAECRAssumeRole`]
    t.strictSame(parsed(outputs.repository_policy), repositoryPolicy({ partition: 'aws', principals }))
  })
}

t.test('at least 60 requests were simulated', async t => {
  t.comment(`${requests} requests`)
  t.ok(requests >= 60)
})

function parsed(json: unknown): object {
  return JSON.parse(String(json))
}
