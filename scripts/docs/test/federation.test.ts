import { access, readdir, readFile } from 'node:fs/promises'
import { formats, sourceNames } from '@ecr-anywhere/cli/export/options.ts'
import { conditionsOf, federatedPrincipal } from '@ecr-anywhere/shared/claims.ts'
import t from 'tap'
import { claimsOf } from '../../github/claims.ts'
import { exportTable } from '../export-options.ts'
import { withSection } from '../section.ts'

const file = new URL('../../../docs/federation.md', import.meta.url)
const page = await readFile(file, 'utf8')

t.test('the table of options is the one that the command line is made of (else: npm run docs)', async t => {
  t.equal(withSection(page, 'export', exportTable()), page)
})

t.test('each source has a section, and each format and each recipe has a row', async t => {
  for (const name of sourceNames) t.match(page, new RegExp(`^### \`${name}\``, 'm'), name)
  for (const name of formats) t.match(page, new RegExp(`^\\| \`${name}\` \\| `, 'm'), name)
  for (const name of await readdir(new URL('../deploy/examples/federation/', file)))
    t.match(page, `| [${name}](../deploy/examples/federation/${name}) |`)
})

t.test('every link leads to a file', async t => {
  for (const [, link = ''] of page.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)) await t.resolves(access(new URL(link, file)), link)
})

const job = { owner: 'octo', ownerId: '65', repository: 'app', repositoryId: '74', ref: 'refs/heads/main' }
const githubClaims = (subjectHasIds: boolean) => claimsOf({ ...job, subjectHasIds }, { audience: 'sts.amazonaws.com', nowMs: 0 })
const google = {
  iss: 'https://accounts.google.com',
  sub: '112233445566778899002',
  aud: 'https://aws.example.com',
  azp: 'pusher@my-project.iam.gserviceaccount.com',
}
const azure = {
  iss: 'https://sts.windows.net/c0ffee00-0000-0000-0000-000000000003/',
  sub: 'c0ffee00-0000-0000-0000-000000000002',
  aud: 'api://aws',
}

t.test('the trust policies allow the tokens of their sources', async t => {
  const policies = [...page.matchAll(/^```json\n(.*?)^```/gms)].map(([, json = '']) => JSON.parse(json))
  t.equal(policies.length, 3)
  const tokens = [[google], [githubClaims(false), githubClaims(true)], [azure]] as {
    iss: string
    sub: string
    aud: string
    azp?: string
  }[][]
  for (const [at, policy] of policies.entries()) {
    const [{ Principal, Condition }] = policy.Statement
    for (const { iss, sub, aud, azp } of tokens[at] ?? []) {
      const claims = { iss, sub, aud: [aud], azp }
      t.equal(Principal.Federated, federatedPrincipal(claims, 'arn:aws:iam::123456789012:role/push'))
      const values = new Map(conditionsOf(claims))
      for (const [key, wanted] of Object.entries(Condition.StringEquals)) t.ok([wanted].flat().includes(values.get(key)), key)
    }
  }
})
