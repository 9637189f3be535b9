import { metricNames } from '@ecr-anywhere/shared/names.ts'
import { readTenants } from '@ecr-anywhere/shared/tenants.ts'
import t from 'tap'
import { claimsOf } from '../../github/claims.ts'
import { type Claims, google } from '../../iam/claims.ts'
import { trusts } from '../../iam/simulate.ts'
import { identityPolicies, withPolicies } from '../identity-policies.ts'
import { blocksOf } from '../markdown.ts'
import { metricsTable } from '../metrics-table.ts'
import { namesTables } from '../names-tables.ts'
import { readPages } from '../pages.ts'
import { withSection } from '../section.ts'
import { settingsTable } from '../settings.ts'

const pages = await readPages()
const textOf = (page: string) => pages.get(page) ?? ''

t.test('the table of settings agrees with the schema (if not, run `npm run docs`)', async t => {
  const page = textOf('docs/reference/settings.md')
  t.equal(withSection(page, 'settings', settingsTable()), page)
})

t.test('the example of CONFIG_FILE is a file of tenants', async t => {
  const [block, ...others] = blocksOf(textOf('docs/reference/settings.md')).filter(({ language }) => language === 'yaml')
  t.same(others, [])
  t.same([...readTenants(block?.text).keys()], ['default', 'team-a'])
})

t.test('the table of metrics is what the webhook serves, and has every metric', async t => {
  const page = textOf('docs/reference/metrics.md')
  const table = await metricsTable()
  t.equal(withSection(page, 'metrics', table), page)
  t.same([...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name).sort(), Object.values(metricNames).sort())
})

t.test('the tables of labels and annotations have the names of the code', async t => {
  const page = textOf('docs/reference/secrets.md')
  for (const [name, table] of Object.entries(namesTables())) t.equal(withSection(page, name, table), page)
})

t.test('the policies on the pages of identity are those that the command renders', async t => {
  t.ok(Object.keys(identityPolicies).length > 8)
  for (const page of Object.keys(identityPolicies)) t.equal(withPolicies(page, textOf(page)), textOf(page), page)
})

const job = { owner: 'octo', ownerId: '65', repository: 'app', repositoryId: '74', ref: 'refs/heads/main' }
const ofGithub = (subjectHasIds: boolean) => claimsOf({ ...job, subjectHasIds }, { audience: 'sts.amazonaws.com', nowMs: 0 })
const webhook = { sub: 'system:serviceaccount:ecr-anywhere:ecr-anywhere-webhook', aud: 'sts.amazonaws.com' }
const puller = { iss: google, sub: '112233445566778899001', aud: 'https://aws.example.com' }

/** Tokens of the identities for which the pages are. */
const tokens: Record<string, Claims[]> = {
  'docs/identity/cluster-issuer.md': [{ iss: 'https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF', ...webhook }],
  'docs/identity/private-issuer.md': [{ iss: 'https://oidc.example.com/clusters/one', ...webhook }],
  'docs/identity/gke.md': [
    { iss: 'https://container.googleapis.com/v1/projects/my-project/locations/europe-west1/clusters/prod', ...webhook },
  ],
  'docs/identity/google.md': [
    { ...puller, azp: puller.sub },
    { ...puller, azp: 'puller@my-project.iam.gserviceaccount.com' },
  ],
  'docs/identity/azure.md': [
    {
      iss: 'https://sts.windows.net/c0ffee00-0000-0000-0000-000000000003/',
      sub: 'c0ffee00-0000-0000-0000-000000000002',
      aud: 'api://aws',
    },
  ],
  'docs/identity/github.md': [ofGithub(false), ofGithub(true)].map(claims => claims as unknown as Claims),
}

for (const [page, ofPage] of Object.entries(tokens)) {
  t.test(`${page}: a simulator of IAM allows the token for which the trust policy is, and no other subject or audience`, async t => {
    const policy = identityPolicies[page]?.trust ?? {}
    for (const claims of ofPage) {
      t.equal(await trusts(policy, { account: '111122223333', claims }), true)
      t.equal(await trusts(policy, { account: '111122223333', claims: { ...claims, sub: 'other' } }), false, 'another subject')
      t.equal(await trusts(policy, { account: '111122223333', claims: { ...claims, aud: 'other' } }), false, 'another audience')
    }
  })
}
