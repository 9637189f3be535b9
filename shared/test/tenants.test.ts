import t from 'tap'
import { isAllowed, isTenantNamespace, readTenants } from '../src/tenants.ts'

const host = '111122223333.dkr.ecr.us-east-1.amazonaws.com'
const roleArn = 'arn:aws:iam::111122223333:role/pull-a'

t.test('without a file, the only tenant is default with the ambient identity', async t => {
  t.strictSame([...readTenants(undefined).values()], [{ name: 'default' }])
})

t.test('a file lists tenants, and default always exists', async t => {
  const text = `tenants:
  - name: team-a
    roleArn: ${roleArn}
    externalId: "1234"
    registries: [${host}]
    allowedRegistries: ["111122223333.dkr.ecr.*.amazonaws.com", public.ecr.aws]
`
  t.strictSame(
    [...readTenants(text).values()],
    [
      {
        name: 'team-a',
        roleArn,
        externalId: '1234',
        registries: [host],
        allowedRegistries: ['111122223333.dkr.ecr.*.amazonaws.com', 'public.ecr.aws'],
      },
      { name: 'default' },
    ],
  )
})

const withRole = (role: string) => `tenants: [{name: a, roleArn: "${role}"}]`
const withTags = (tags: Record<string, string>) => `tenants: [{name: a, roleArn: "${roleArn}", sessionTags: ${JSON.stringify(tags)}}]`
const numbered = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`tag-${at}`, '']))
const withPattern = (pattern: string) => `tenants: [{name: a, profile: b, allowedRegistries: ["${pattern}"]}]`

const accepted: [about: string, text: string][] = [
  ['a role of another partition', withRole('arn:aws-us-gov:iam::111122223333:role/pull')],
  ['a role with a path', withRole('arn:aws:iam::111122223333:role/teams/a/pull')],
  ['a name of one character', 'tenants: [{name: a}]'],
  ['a name of 63 characters', `tenants: [{name: a${'-'.repeat(61)}9}]`],
  ['50 tags with spaces, digits and letters of any script', withTags({ ...numbered(49), 'Kostenstelle für 2026': 'Straße 7' })],
  ['a tag without a value', withTags({ team: '' })],
  ['a tag of 128 characters, with a value of 256', withTags({ ['k'.repeat(128)]: 'v'.repeat(256) })],
  ['20 registries', `tenants: [{name: a, registries: [${Array(20).fill(host)}]}]`],
  ['a web identity', `tenants: [{name: a, webIdentity: {roleArn: "${roleArn}", tokenFile: /t}}]`],
  ['a profile', 'tenants: [{name: a, profile: b}]'],
  ['patterns of repositories', 'tenants: [{name: a, repositories: [team-a/*, base]}]'],
  ['a pattern of every account', withPattern('*.dkr.ecr.us-east-1.amazonaws.com')],
  ['a pattern of accounts by their first digits', withPattern('1111*.dkr.ecr.us-east-1.amazonaws.com')],
  ['a pattern of accounts by their last digits', withPattern('*3333.dkr.ecr.us-east-1.amazonaws.com')],
  ['a pattern of accounts by all of their digits', withPattern('111122223333*.dkr.ecr.us-east-1.amazonaws.com')],
  ['a pattern of every region', withPattern('111122223333.dkr.ecr.*.amazonaws.com')],
  ['a pattern with two stars in the region', withPattern('111122223333.dkr.ecr.us-*-*.amazonaws.com')],
]

for (const [about, text] of accepted) {
  t.test(`${about} is accepted`, async t => t.equal(readTenants(text).size, 2))
}

const refused: [about: string, text: string, message: RegExp][] = [
  ['no YAML', 'tenants: [', /CONFIG_FILE: found \w+ at character \d+, wanted YAML/],
  ['an empty file', '', /CONFIG_FILE: found null, wanted/],
  ['a value that is not a list', 'tenants: default', /CONFIG_FILE\.tenants: found "default", wanted a list of tenants/],
  ['an empty list', 'tenants: []', /at least one tenant/],
  ['an unknown key at the top', 'tenants: [{name: a}]\nrole: x', /found unknown keys role/],
  ['an unknown key of a tenant', 'tenants: [{name: a, rolearn: x}]', /CONFIG_FILE\.tenants\[0\]: found unknown keys rolearn/],
  ['the key __proto__', 'tenants: [{name: a, __proto__: {roleArn: x}}]', /found unknown keys __proto__/],
  ['a missing name', 'tenants: [{}]', /CONFIG_FILE\.tenants\[0\]\.name: found nothing, wanted/],
  ['a name that is no DNS label', 'tenants: [{name: Team_A}]', /name: found "Team_A", wanted a DNS label/],
  ['a name with a slash', 'tenants: [{name: a/b}]', /wanted a DNS label/],
  ['a role that is not an ARN', 'tenants: [{name: a, roleArn: pull-a}]', /roleArn: found "pull-a", wanted the ARN of a role/],
  [
    'a registry that is no ECR host',
    `tenants: [{name: a, registries: ["https://${host}"]}]`,
    /registries\[0\]: found .*wanted a bare ECR host, such as 1234/,
  ],
  ['no registries in the list', 'tenants: [{name: a, registries: []}]', /at least one registry, or no such key/],
  ['no patterns in the list', 'tenants: [{name: a, allowedRegistries: []}]', /at least one pattern, or no such key/],
  ['no namespaces in the list', 'tenants: [{name: a, namespaces: []}]', /at least one namespace, or no such key/],
  ['no repositories in the list', 'tenants: [{name: a, repositories: []}]', /at least one pattern, or no such key/],
  ['all repositories', 'tenants: [{name: a, repositories: ["*"]}]', /repositories\[0\]: found "\*", wanted a pattern of repository names/],
  [
    'repositories whose policy is longer than AWS allows',
    `tenants: [{name: a, repositories: [${Array.from({ length: 40 }, (_, at) => `team-with-a-long-name-${at}/*`)}]}]`,
    /found 40 repositories, whose session policy has \d+ characters, wanted at most 2048/,
  ],
  ['namespaces that are not a list', 'tenants: [{name: a, namespaces: team-a}]', /namespaces: found "team-a", wanted a list of namespaces/],
  [
    'a namespace with a dot',
    'tenants: [{name: a, namespaces: [a, a.b]}]',
    /namespaces\[1\]: found "a\.b", wanted a namespace, or a pattern/,
  ],
  ['a namespace in upper case', 'tenants: [{name: a, namespaces: [Team]}]', /wanted a namespace, or a pattern/],
  ['a namespace that begins with a hyphen', 'tenants: [{name: a, namespaces: [-a]}]', /wanted a namespace, or a pattern/],
  ['an empty namespace', 'tenants: [{name: a, namespaces: [""]}]', /wanted a namespace, or a pattern/],
  ['an external ID without a role', 'tenants: [{name: a, externalId: "12"}]', /externalId without roleArn/],
  ['tags without a role', 'tenants: [{name: a, sessionTags: {team: a}}]', /sessionTags without roleArn/],
  ['a tag that AWS would reject', `tenants: [{name: a, roleArn: "${roleArn}", sessionTags: {team: "<a>"}}]`, /a tag value/],
  [
    'two kinds of identity',
    `tenants: [{name: a, profile: b, webIdentity: {roleArn: "${roleArn}", tokenFile: /t}}]`,
    /webIdentity and profile/,
  ],
  [
    'a web identity without a token file',
    `tenants: [{name: a, webIdentity: {roleArn: "${roleArn}"}}]`,
    /tokenFile: found nothing, wanted the path/,
  ],
  ['the name enabled, which means default', 'tenants: [{name: enabled}]', /found the name enabled, wanted another/],
  ['a pattern that matches no ECR host', 'tenants: [{name: a, allowedRegistries: ["*.docker.io"]}]', /wanted a pattern of ECR hosts alone/],
  ['a pattern with a scheme', `tenants: [{name: a, allowedRegistries: ["https://${host}"]}]`, /wanted a pattern of ECR hosts alone/],
  ['a pattern that matches any suffix', 'tenants: [{name: a, allowedRegistries: ["*.*.*.*.*.*"]}]', /wanted a pattern of ECR hosts alone/],
  ['two tenants of one name', 'tenants: [{name: a}, {name: a}]', /two tenants named a/],
  ['a number as an external ID', `tenants: [{name: a, roleArn: "${roleArn}", externalId: 1234}]`, /externalId: found 1234, wanted/],
  ['text before the ARN of a role', withRole(` ${roleArn}`), /wanted the ARN of a role/],
  ['text after the ARN of a role', withRole(`${roleArn} `), /wanted the ARN of a role/],
  ['an ARN of another partition than those of AWS', withRole(roleArn.replace('aws', 'aws1')), /wanted the ARN of a role/],
  ['a role that is not a string', `tenants: [{name: a, roleArn: 1}]`, /roleArn: found 1, wanted the ARN of a role/],
  ['text before an external ID', `tenants: [{name: a, roleArn: "${roleArn}", externalId: " 12"}]`, /wanted 2 to 1224/],
  ['text after an external ID', `tenants: [{name: a, roleArn: "${roleArn}", externalId: "12 "}]`, /wanted 2 to 1224/],
  ['51 tags', withTags(numbered(51)), /sessionTags: found .*wanted at most 50 tags/],
  ['a tag without a key', withTags({ '': 'a' }), /: found this key, wanted a tag key, at most 128 characters/],
  ['a key whose first character AWS would reject', withTags({ '<a': 'a' }), /: found this key, wanted a tag key, at most 128 characters/],
  ['a key whose last character AWS would reject', withTags({ 'a>': 'a' }), /: found this key, wanted a tag key, at most 128 characters/],
  ['a key of 129 characters', withTags({ ['k'.repeat(129)]: 'a' }), /: found this key, wanted a tag key, at most 128 characters/],
  ['a value whose first character AWS would reject', withTags({ team: '<a' }), /wanted a tag value, at most 256 characters/],
  ['a value whose last character AWS would reject', withTags({ team: 'a>' }), /wanted a tag value, at most 256 characters/],
  ['a value of 257 characters', withTags({ team: 'v'.repeat(257) }), /wanted a tag value, at most 256 characters/],
  ['a name of 64 characters', `tenants: [{name: ${'a'.repeat(64)}}]`, /wanted a DNS label/],
  ['a name that begins with a hyphen', 'tenants: [{name: -a}]', /wanted a DNS label/],
  ['a name that ends with a hyphen', 'tenants: [{name: a-}]', /wanted a DNS label/],
  ['21 registries', `tenants: [{name: a, registries: [${Array(21).fill(host)}]}]`, /wanted at most 20 registries/],
  ['one registry instead of a list', `tenants: [{name: a, registries: ${host}}]`, /registries: found "1111.*wanted a list of ECR hosts/],
  ['a registry that is not a string', 'tenants: [{name: a, registries: [1]}]', /registries\[0\]: found 1, wanted a bare ECR host/],
  ['one pattern instead of a list', 'tenants: [{name: a, allowedRegistries: public.ecr.aws}]', /wanted a list of patterns/],
  ['a pattern that is not a string', 'tenants: [{name: a, allowedRegistries: [1]}]', /found 1, wanted a pattern of ECR hosts/],
  ['a profile without a name', 'tenants: [{name: a, profile: ""}]', /profile: found "", wanted the name of a profile/],
  ['a profile that is not a string', 'tenants: [{name: a, profile: 1}]', /profile: found 1, wanted the name of a profile/],
  [
    'a token file without a path',
    `tenants: [{name: a, webIdentity: {roleArn: "${roleArn}", tokenFile: ""}}]`,
    /tokenFile: found "", wanted the path of a token file/,
  ],
  [
    'a token file that is not a string',
    `tenants: [{name: a, webIdentity: {roleArn: "${roleArn}", tokenFile: 1}}]`,
    /found 1, wanted the path/,
  ],
  ['an empty list instead of a map', '[]', /CONFIG_FILE: found an empty list, wanted a map with `tenants`/],
  ['a list instead of a map', '[a]', /CONFIG_FILE: found a list, wanted a map with `tenants`/],
  ['several unknown keys', 'tenants: [{name: a, b: 1, c: 1}]', /found unknown keys b, c, wanted/],
  ['accounts with a letter', withPattern('11a*.dkr.ecr.us-east-1.amazonaws.com'), /wanted a pattern of ECR hosts alone/],
  ['accounts of more than 12 digits', withPattern('1111222233334*.dkr.ecr.us-east-1.amazonaws.com'), /wanted a pattern of ECR hosts alone/],
  [
    'a registry outside of its own allow-list',
    `tenants: [{name: a, registries: ["${host}"], allowedRegistries: [public.ecr.aws]}]`,
    /tenant a: found registry 111122223333\S+ outside its own allowedRegistries/,
  ],
  [
    "a registry of another partition than the role's",
    `tenants: [{name: a, roleArn: "arn:aws-cn:iam::111122223333:role/pull", registries: ["${host}"]}]`,
    /tenant a: found registry 111122223333\S+ outside the partition aws-cn of its role, wanted registries of that partition/,
  ],
  [
    "a registry of another partition than the web identity's",
    'tenants: [{name: a, webIdentity: {roleArn: "arn:aws-us-gov:iam::111122223333:role/pull", tokenFile: /t}, registries: [public.ecr.aws]}]',
    /tenant a: found registry public\.ecr\.aws outside the partition aws-us-gov of its role/,
  ],
]

for (const [about, text, message] of refused) {
  t.test(`${about} is rejected`, async t => void t.throws(() => readTenants(text), { kind: 'settings', message }))
}

t.test('all problems of a file are reported at once', async t => {
  const text = 'tenants: [{name: A, roleArn: x, more: 1}, {registries: [y]}]'
  t.throws(() => readTenants(text), { message: /^found 5 faulty settings:/ })
})

const secretive: [about: string, text: string, found: RegExp][] = [
  ['a registry with a password', `tenants: [{name: a, registries: ["https://AWS:hunter2@${host}/x"]}]`, /found a URL of 111122223333\S+,/],
  ['a URL with a password', 'tenants: [{name: a, allowedRegistries: ["https://AWS:hunter2@ghcr.io"]}]', /found a text of 27 characters,/],
  ['a password instead of a list', 'tenants: [{name: a, registries: "https://AWS:hunter2@ghcr.io"}]', /found a text of 27 characters,/],
  ['a password in a map', 'tenants: [{name: a, registries: [{password: hunter2}]}]', /found a map,/],
  ['an external ID', `tenants: [{name: a, roleArn: "${roleArn}", externalId: "hunter2 "}]`, /externalId: found a text of 8 characters,/],
]

for (const [about, text, message] of secretive) {
  t.test(`${about} is rejected and not quoted`, async t => {
    t.throws(() => readTenants(text), { kind: 'settings', message })
    t.throws(() => readTenants(text), { message: /^(?!.*hunter2)/s })
  })
}

const lists: [namespaces: string[], covered: string[], others: string[]][] = [
  [['team-a'], ['team-a'], ['team-a-1', 'a-team-a', 'team', 'team-b', '']],
  [
    ['team-a', 'team-a-*'],
    ['team-a', 'team-a-', 'team-a-x-y'],
    ['team-ab', 'xteam-a-1'],
  ],
  [['*-prod'], ['a-prod', '-prod'], ['prod', 'a-prod-2']],
  [['a*b*c'], ['abc', 'a1b2c', 'abbc'], ['ac', 'acb', 'abcd', 'xabc']],
  [['*'], ['a', 'kube-system'], []],
]

for (const [namespaces, covered, others] of lists) {
  t.test(`the namespaces ${namespaces.join()} of a tenant match ${covered.join()} and no others`, async t => {
    const tenant = readTenants(`tenants: [{name: a, namespaces: ${JSON.stringify(namespaces)}}]`).get('a') ?? {}
    for (const namespace of covered) t.equal(isTenantNamespace(tenant, namespace), true, namespace)
    for (const namespace of others) t.equal(isTenantNamespace(tenant, namespace), false, namespace)
  })
}

t.test('a tenant without namespaces may be selected by any namespace', async t => t.equal(isTenantNamespace({}, 'kube-system'), true))

t.test('a tenant without an allow-list may request any ECR host', async t => {
  t.equal(isAllowed({}, host), true)
  t.equal(isAllowed({ allowedRegistries: ['public.ecr.aws'] }, host), false)
  t.equal(isAllowed({ allowedRegistries: ['public.ecr.aws', '*.dkr.ecr.*.amazonaws.com'] }, host), true)
})
