import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { applied, appliedModule, type Variables } from '../../terraform/configuration.ts'
import { type Example, exampleVariables, placesOf, serviceAccount } from '../../terraform/examples.ts'
import { terraformProgram } from '../../terraform/tofu.ts'
import { exampleWithoutProviders } from '../../terraform/without-providers.ts'

/** Mistakes that AWS would accept, or would report after half of the work, are refused at plan time. */
const source = fileURLToPath(new URL('../../../deploy/terraform', import.meta.url))
const program = await terraformProgram()
const work = await mkdtemp(join(tmpdir(), 'ecr-anywhere-refused-'))
t.teardown(() => rm(work, { recursive: true }))

const cluster = { issuer: 'oidc.example', namespace: 'n', service_account: 's' }
const github = { owner: 'o', owner_id: '1', repository: 'r', repository_id: '2' }
const google = { unique_id: '112233445566778899001', email: 'a@p.iam.gserviceaccount.com', audience: 'a' }
const uuid = '00000000-1111-2222-3333-444444444444'
const arn = 'arn:aws:ecr:us-east-1:111122223333:repository/team-a/*'
const account_id = '111122223333'
const trust = (variables: Variables) => ({ account_id, ...variables })
const registry = { region: 'eu-west-1', account_id, source_account_ids: ['222233334444'] }
const destination = { region: 'eu-west-1', account_id: '333344445555' }

const refused: [about: string, module: string, variables: Variables, message: RegExp][] = [
  [
    'an issuer with https://',
    'trust',
    trust({ clusters: [{ ...cluster, issuer: 'https://oidc.example' }] }),
    /found the issuers \["https:\/\/oidc.example"\], wanted for each the `iss` claim of its tokens without https:\/\//,
  ],
  [
    'an account with hyphens',
    'trust',
    { account_id: '1111-2222-3333', clusters: [cluster] },
    /account_id: found "1111-2222-3333", wanted the 12 digits/,
  ],
  [
    'an unknown partition',
    'trust',
    trust({ partition: 'aws-china', clusters: [cluster] }),
    /partition: found "aws-china", wanted one of aws, aws-cn,/,
  ],
  ['no identity', 'trust', trust({}), /identities: found none, wanted at least one of clusters/],
  ['a pattern of namespaces', 'trust', trust({ clusters: [{ ...cluster, namespace: 'team-*' }] }), /found the namespaces \["team-\*"\]/],
  [
    'a pattern of service accounts',
    'trust',
    trust({ clusters: [{ ...cluster, service_account: '*' }] }),
    /found the service accounts \["\*"\]/,
  ],
  ['a pattern as audience', 'trust', trust({ clusters: [{ ...cluster, audience: '*' }] }), /found the audiences \["\*"\]/],
  ['an address as unique ID', 'trust', trust({ google: [{ ...google, unique_id: google.email }] }), /found the unique IDs \["a@p.iam/],
  [
    'a domain as address',
    'trust',
    trust({ google: [{ ...google, email: 'gserviceaccount.com' }] }),
    /found the addresses \["gserviceaccount.com"\]/,
  ],
  ['a name as ID of GitHub', 'trust', trust({ github: [{ ...github, repository_id: 'r' }] }), /found the IDs \["1, r"\]/],
  ['a repository with its owner', 'trust', trust({ github: [{ ...github, repository: 'o/r' }] }), /found \["o, o\/r"\]/],
  ['a branch instead of a reference', 'trust', trust({ github: [{ ...github, ref: 'main' }] }), /found the references \["main"\]/],
  ['an environment with a colon', 'trust', trust({ github: [{ ...github, environment: 'a:*' }] }), /found the environments \["a:\*"\]/],
  ['a pattern of branches', 'trust', trust({ gitlab: [{ project: 'g/p', audience: 'a', branch: '*' }] }), /found the branches \["\*"\]/],
  ['a project without its group', 'trust', trust({ gitlab: [{ project: 'p', audience: 'a' }] }), /found the projects \["p"\]/],
  [
    'a name as tenant of Azure',
    'trust',
    trust({ azure: [{ tenant_id: 'contoso', object_id: uuid, audience: 'a' }] }),
    /found the IDs \["contoso, /,
  ],
  [
    'a trust policy over its size',
    'trust',
    trust({ clusters: Array.from({ length: 20 }, () => cluster) }),
    /the trust policy: found \d+ characters, wanted at most 2048/,
  ],
  ['an empty list of repositories', 'permissions', { repositories: [] }, /repositories: found an empty list, wanted at least one item/],
  [
    'a host as repository',
    'permissions',
    { repositories: ['111122223333.dkr.ecr.us-east-1.amazonaws.com'] },
    /repositories: found \["111122223333\.dkr/,
  ],
  [
    'a repository of another partition',
    'permissions',
    { repositories: [arn.replace('aws', 'aws-cn')] },
    /wanted for each the partition aws of the role/,
  ],
  [
    'a region of another partition',
    'permissions',
    { repositories: [arn.replace('us-east-1', 'cn-north-1')] },
    /wanted for each the partition aws of the role/,
  ],
  [
    'ECR Public in another partition',
    'permissions',
    { partition: 'aws-cn', repositories: [arn.replace('aws', 'aws-cn').replace('us-east-1', '*')], public: true },
    /public: found true in the partition aws-cn/,
  ],
  [
    'permissions over their size',
    'permissions',
    { repositories: Array.from({ length: 120 }, (_, at) => `${arn}${at}`) },
    /the managed policy: found \d+ characters, wanted at most 6144/,
  ],
  [
    'a session policy over its size',
    'permissions',
    { repositories: Array.from({ length: 40 }, (_, at) => `${arn}${at}`), use: 'session' },
    /the session policy: found \d+ characters, wanted at most 2048/,
  ],
  ['no principal of a repository', 'repository', { principals: [] }, /principals: found an empty list/],
  ['everybody as principal', 'repository', { principals: ['*'] }, /principals: found \["\*"\], wanted for each the ARN of a role/],
  [
    'a role of another partition',
    'repository',
    { principals: ['arn:aws-cn:iam::111122223333:role/a'] },
    /wanted for each the partition aws of the repository/,
  ],
  [
    'a registry as its own source',
    'registry',
    { ...registry, source_account_ids: [account_id] },
    /found the account 111122223333 of the registry itself/,
  ],
  ['a prefix with a star', 'registry', { ...registry, repository_prefixes: ['apps/*'] }, /repository_prefixes: found \["apps\/\*"\]/],
  [
    'no destination',
    'replication',
    { region: 'eu-west-1', account_id, destinations: [] },
    /destinations: found 0 registries, wanted 1 to 25/,
  ],
  [
    'a destination twice',
    'replication',
    { region: 'eu-west-1', account_id, destinations: [destination, destination] },
    /wanted each registry once/,
  ],
  [
    'a registry as its own destination',
    'replication',
    { ...destination, destinations: [destination] },
    /found the registry 333344445555 in eu-west-1 itself/,
  ],
]

for (const [at, [about, module, variables, message]] of refused.entries()) {
  t.test(`${about} is refused, and the message says what was found and what is wanted`, async t => {
    const configuration = { program, dir: join(work, String(at)) }
    await t.rejects(appliedModule(configuration, join(source, 'policies', module), variables), { message })
  })
}

const ofExamples: [about: string, example: Example, variables: Variables, message: RegExp][] = [
  [
    'a role of another partition than the registry',
    'cloud-run',
    { aws_registry: '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn' },
    /aws_role_arn: found arn:aws:iam::123456789012:role\/ecr-anywhere in the partition aws, wanted the partition aws-cn of the registry/,
  ],
  [
    'a registry with https://',
    'cloud-run',
    { aws_registry: 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com' },
    /aws_registry: found "https:/,
  ],
  [
    'an image without its digest',
    'cloud-run',
    { image: 'ecr-anywhere:latest' },
    /cloud_run: found the image "ecr-anywhere:latest", wanted one that is pinned/,
  ],
  ['a number of a project', 'gke', { gcp_project: '123456789012' }, /project: found "123456789012", wanted the ID of a project/],
  ['an issuer of a provider with https://', 'plain-cluster', { issuer: 'https://oidc.example' }, /issuer: found "https:\/\/oidc.example"/],
  [
    'a pattern of repositories with a policy',
    'rosa-cross-account',
    { repositories: ['cf/*'] },
    /repositories: found \["cf\/\*"\], wanted names of repositories without a star/,
  ],
]

for (const [at, [about, example, variables, message]] of ofExamples.entries()) {
  t.test(`${about} is refused by the example ${example}`, async t => {
    const standIn = { places: placesOf(example), serviceAccount }
    const dir = await exampleWithoutProviders(source, { copy: join(work, `example-${at}`), example, standIn })
    await t.rejects(applied({ program, dir }, { ...exampleVariables[example], ...variables }), { message })
  })
}
