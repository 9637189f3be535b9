import t from 'tap'
import { sharedPrincipals } from '../src/tenant-principals.ts'
import { isAllowed, isTenantNamespace, readTenants } from '../src/tenants.ts'

const host = '111122223333.dkr.ecr.us-east-1.amazonaws.com'
const roleArn = 'arn:aws:iam::111122223333:role/pull-a'

t.test('without a file there is the tenant default, with the ambient identity', async t => {
  t.strictSame([...readTenants(undefined).values()], [{ name: 'default' }])
})

t.test('a file names tenants; default is always there', async t => {
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
  ['no list', 'tenants: default', /CONFIG_FILE\.tenants: found "default", wanted a list of tenants/],
  ['an empty list', 'tenants: []', /at least one tenant/],
  ['an unknown key at the top', 'tenants: [{name: a}]\nrole: x', /found unknown keys role/],
  ['an unknown key of a tenant', 'tenants: [{name: a, rolearn: x}]', /CONFIG_FILE\.tenants\[0\]: found unknown keys rolearn/],
  ['the key __proto__', 'tenants: [{name: a, __proto__: {roleArn: x}}]', /found unknown keys __proto__/],
  ['a missing name', 'tenants: [{}]', /CONFIG_FILE\.tenants\[0\]\.name: found nothing, wanted/],
  ['a name that is no DNS label', 'tenants: [{name: Team_A}]', /name: found "Team_A", wanted a DNS label/],
  ['a name with a slash', 'tenants: [{name: a/b}]', /wanted a DNS label/],
  ['a role that is no ARN', 'tenants: [{name: a, roleArn: pull-a}]', /roleArn: found "pull-a", wanted the ARN of a role/],
  [
    'a registry that is no ECR host',
    `tenants: [{name: a, registries: ["https://${host}"]}]`,
    /registries\[0\]: found .*wanted a bare ECR host, such as 1234/,
  ],
  ['no registries in the list', 'tenants: [{name: a, registries: []}]', /at least one registry, or no such key/],
  ['no patterns in the list', 'tenants: [{name: a, allowedRegistries: []}]', /at least one pattern, or no such key/],
  ['no namespaces in the list', 'tenants: [{name: a, namespaces: []}]', /at least one namespace, or no such key/],
  ['namespaces that are no list', 'tenants: [{name: a, namespaces: team-a}]', /namespaces: found "team-a", wanted a list of namespaces/],
  [
    'a namespace with a dot',
    'tenants: [{name: a, namespaces: [a, a.b]}]',
    /namespaces\[1\]: found "a\.b", wanted a namespace, or a pattern/,
  ],
  ['a namespace in upper case', 'tenants: [{name: a, namespaces: [Team]}]', /wanted a namespace, or a pattern/],
  ['a namespace that begins with a hyphen', 'tenants: [{name: a, namespaces: [-a]}]', /wanted a namespace, or a pattern/],
  ['an empty namespace', 'tenants: [{name: a, namespaces: [""]}]', /wanted a namespace, or a pattern/],
  ['an external id without a role', 'tenants: [{name: a, externalId: "12"}]', /externalId without roleArn/],
  ['tags without a role', 'tenants: [{name: a, sessionTags: {team: a}}]', /sessionTags without roleArn/],
  ['a tag that AWS would refuse', `tenants: [{name: a, roleArn: "${roleArn}", sessionTags: {team: "<a>"}}]`, /a tag value/],
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
  ['a pattern that no ECR host fits', 'tenants: [{name: a, allowedRegistries: ["*.docker.io"]}]', /wanted a pattern of ECR hosts alone/],
  ['a pattern with a scheme', `tenants: [{name: a, allowedRegistries: ["https://${host}"]}]`, /wanted a pattern of ECR hosts alone/],
  ['a pattern of every suffix', 'tenants: [{name: a, allowedRegistries: ["*.*.*.*.*.*"]}]', /wanted a pattern of ECR hosts alone/],
  ['two tenants of one name', 'tenants: [{name: a}, {name: a}]', /two tenants named a/],
  ['a number as an external id', `tenants: [{name: a, roleArn: "${roleArn}", externalId: 1234}]`, /externalId: found 1234, wanted/],
  ['something before the ARN of a role', withRole(` ${roleArn}`), /wanted the ARN of a role/],
  ['something behind the ARN of a role', withRole(`${roleArn} `), /wanted the ARN of a role/],
  ['an ARN of another partition than those of AWS', withRole(roleArn.replace('aws', 'aws1')), /wanted the ARN of a role/],
  ['a role that is no text', `tenants: [{name: a, roleArn: 1}]`, /roleArn: found 1, wanted the ARN of a role/],
  ['something before an external id', `tenants: [{name: a, roleArn: "${roleArn}", externalId: " 12"}]`, /wanted 2 to 1224/],
  ['something behind an external id', `tenants: [{name: a, roleArn: "${roleArn}", externalId: "12 "}]`, /wanted 2 to 1224/],
  ['51 tags', withTags(numbered(51)), /sessionTags: found .*wanted at most 50 tags/],
  ['a tag without a key', withTags({ '': 'a' }), /: found this key, wanted a tag key, at most 128 characters/],
  ['a key that AWS would refuse at its beginning', withTags({ '<a': 'a' }), /: found this key, wanted a tag key, at most 128 characters/],
  ['a key that AWS would refuse at its end', withTags({ 'a>': 'a' }), /: found this key, wanted a tag key, at most 128 characters/],
  ['a key of 129 characters', withTags({ ['k'.repeat(129)]: 'a' }), /: found this key, wanted a tag key, at most 128 characters/],
  ['a value that AWS would refuse at its beginning', withTags({ team: '<a' }), /wanted a tag value, at most 256 characters/],
  ['a value that AWS would refuse at its end', withTags({ team: 'a>' }), /wanted a tag value, at most 256 characters/],
  ['a value of 257 characters', withTags({ team: 'v'.repeat(257) }), /wanted a tag value, at most 256 characters/],
  ['a name of 64 characters', `tenants: [{name: ${'a'.repeat(64)}}]`, /wanted a DNS label/],
  ['a name that begins with a hyphen', 'tenants: [{name: -a}]', /wanted a DNS label/],
  ['a name that is followed by a hyphen', 'tenants: [{name: a-}]', /wanted a DNS label/],
  ['21 registries', `tenants: [{name: a, registries: [${Array(21).fill(host)}]}]`, /wanted at most 20 registries/],
  ['one registry in place of a list', `tenants: [{name: a, registries: ${host}}]`, /registries: found "1111.*wanted a list of ECR hosts/],
  ['a registry that is no text', 'tenants: [{name: a, registries: [1]}]', /registries\[0\]: found 1, wanted a bare ECR host/],
  ['one pattern in place of a list', 'tenants: [{name: a, allowedRegistries: public.ecr.aws}]', /wanted a list of patterns/],
  ['a pattern that is no text', 'tenants: [{name: a, allowedRegistries: [1]}]', /found 1, wanted a pattern of ECR hosts/],
  ['a profile without a name', 'tenants: [{name: a, profile: ""}]', /profile: found "", wanted the name of a profile/],
  ['a profile that is no text', 'tenants: [{name: a, profile: 1}]', /profile: found 1, wanted the name of a profile/],
  [
    'a token file without a path',
    `tenants: [{name: a, webIdentity: {roleArn: "${roleArn}", tokenFile: ""}}]`,
    /tokenFile: found "", wanted the path of a token file/,
  ],
  ['a token file that is no text', `tenants: [{name: a, webIdentity: {roleArn: "${roleArn}", tokenFile: 1}}]`, /found 1, wanted the path/],
  ['a list of no tenants at all', '[]', /CONFIG_FILE: found a map or a list, wanted a map with `tenants`/],
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
  t.test(`${about} is refused`, async t => void t.throws(() => readTenants(text), { kind: 'settings', message }))
}

t.test('all problems of a file are told at once', async t => {
  const text = 'tenants: [{name: A, roleArn: x, more: 1}, {registries: [y]}]'
  t.throws(() => readTenants(text), { message: /^found 5 faulty settings:/ })
})

const secretive: [about: string, text: string, found: RegExp][] = [
  ['a registry with a password', `tenants: [{name: a, registries: ["https://AWS:hunter2@${host}/x"]}]`, /found a URL of 111122223333\S+,/],
  ['a URL with a password', 'tenants: [{name: a, allowedRegistries: ["https://AWS:hunter2@ghcr.io"]}]', /found a text of 27 characters,/],
  [
    'a password in the place of a list',
    'tenants: [{name: a, registries: "https://AWS:hunter2@ghcr.io"}]',
    /found a text of 27 characters,/,
  ],
  ['a password in a map', 'tenants: [{name: a, registries: [{password: hunter2}]}]', /found a map or a list,/],
  ['an external id', `tenants: [{name: a, roleArn: "${roleArn}", externalId: "hunter2 "}]`, /externalId: found a text of 8 characters,/],
]

for (const [about, text, message] of secretive) {
  t.test(`${about} is refused, and not quoted`, async t => {
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
  t.test(`a tenant of the namespaces ${namespaces.join()} may be that of ${covered.join()}, and of no other`, async t => {
    const tenant = readTenants(`tenants: [{name: a, namespaces: ${JSON.stringify(namespaces)}}]`).get('a') ?? {}
    for (const namespace of covered) t.equal(isTenantNamespace(tenant, namespace), true, namespace)
    for (const namespace of others) t.equal(isTenantNamespace(tenant, namespace), false, namespace)
  })
}

t.test('a tenant without such a list may be that of any namespace', async t => t.equal(isTenantNamespace({}, 'kube-system'), true))

t.test('a tenant without an allow-list may ask for any ECR host', async t => {
  t.equal(isAllowed({}, host), true)
  t.equal(isAllowed({ allowedRegistries: ['public.ecr.aws'] }, host), false)
  t.equal(isAllowed({ allowedRegistries: ['public.ecr.aws', '*.dkr.ecr.*.amazonaws.com'] }, host), true)
})

const list = 'allowedRegistries: [public.ecr.aws]'
const longList = `allowedRegistries: [public.ecr.aws, "${host}"]`
const reversed = `allowedRegistries: ["${host}", public.ecr.aws]`
const web = (name: string) => `webIdentity: {roleArn: "${roleArn}-${name}", tokenFile: /t}`
const pairs: [about: string, tenants: string, refused: boolean][] = [
  ['one is ambient and lists, the other is default', `{name: a, ${list}}`, true],
  ['both name one role and list differently', `{name: a, roleArn: "${roleArn}", ${list}}, {name: b, roleArn: "${roleArn}"}`, true],
  ['one is ambient, the other names the role that the ambient identity assumes', `{name: a, roleArn: "${roleArn}-0", ${list}}`, true],
  ['both list the same', `{name: a, ${list}}, {name: default, ${list}}`, false],
  ['they have roles of their own', `{name: a, roleArn: "${roleArn}-1", ${list}}, {name: b, roleArn: "${roleArn}-2"}`, false],
  [
    'the tags of their sessions differ',
    `{name: a, ${list}, roleArn: "${roleArn}", sessionTags: {team: a}}, {name: b, roleArn: "${roleArn}"}`,
    false,
  ],
  ['one has a profile', `{name: a, profile: other, ${list}}`, false],
  ['they have profiles of their own', `{name: a, profile: one, ${list}}, {name: b, profile: two}`, false],
  ['they have one profile and list differently', `{name: a, profile: one, ${list}}, {name: b, profile: one}`, true],
  ['they list the same in another order', `{name: a, ${longList}}, {name: default, ${reversed}}`, false],
  ['their lists differ', `{name: a, ${longList}}, {name: default, ${list}}`, true],
  ['they have web identities of their own', `{name: a, ${list}, ${web('a')}}, {name: b, ${web('b')}}`, false],
  ['they have one web identity and list differently', `{name: a, ${list}, ${web('a')}}, {name: b, ${web('a')}}`, true],
  [
    'one names as its role what the other has as its web identity, and they list differently',
    `{name: a, ${list}, ${web('a')}}, {name: b, roleArn: "${roleArn}-a"}`,
    true,
  ],
  [
    'the tags of their sessions are the same, and they list differently',
    `{name: a, ${list}, roleArn: "${roleArn}", sessionTags: {team: a}}, {name: b, roleArn: "${roleArn}", sessionTags: {team: a}}`,
    true,
  ],
]

for (const [about, tenants, refused] of pairs) {
  t.test(`two tenants are ${refused ? 'refused' : 'accepted'} if ${about}`, async t => {
    const read = () => readTenants(`tenants: [${tenants}]`, { ambientRoleArn: `${roleArn}-0` })
    if (refused) t.throws(read, { kind: 'settings', message: /with one principal and different allowedRegistries/ })
    else t.doesNotThrow(read)
  })
}

t.test('each pair of tenants with one principal is listed once', async t => {
  const tenants = ['a', 'b', 'c'].map(name => ({ name, ...(name === 'c' ? {} : { allowedRegistries: [`${name}.example`] }) }))
  t.match(
    sharedPrincipals(tenants, () => 'one').map(text => /tenants (\w) and (\w)/.exec(text)?.slice(1).join('')),
    ['ab', 'ac', 'bc'],
  )
})

t.test('tenants whose principal is not known yet are not said to share one', async t => {
  t.strictSame(
    sharedPrincipals([{ name: 'a', allowedRegistries: ['a.example'] }, { name: 'b' }], () => undefined),
    [],
  )
})
