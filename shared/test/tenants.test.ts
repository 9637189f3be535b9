import t from 'tap'
import { isAllowed, readTenants } from '../src/tenants.ts'

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

const refused: [about: string, text: string, message: RegExp][] = [
  ['no YAML', 'tenants: [', /CONFIG_FILE: found \w+ at character \d+, wanted YAML/],
  ['an empty file', '', /CONFIG_FILE: found null, wanted/],
  ['no list', 'tenants: default', /CONFIG_FILE\.tenants: found "default", wanted/],
  ['an empty list', 'tenants: []', /at least one tenant/],
  ['an unknown key at the top', 'tenants: [{name: a}]\nrole: x', /found unknown keys role/],
  ['an unknown key of a tenant', 'tenants: [{name: a, rolearn: x}]', /CONFIG_FILE\.tenants\[0\]: found unknown keys rolearn/],
  ['the key __proto__', 'tenants: [{name: a, __proto__: {roleArn: x}}]', /found unknown keys __proto__/],
  ['a missing name', 'tenants: [{}]', /CONFIG_FILE\.tenants\[0\]\.name: found nothing, wanted/],
  ['a name that is no DNS label', 'tenants: [{name: Team_A}]', /name: found "Team_A", wanted a DNS label/],
  ['a name with a slash', 'tenants: [{name: a/b}]', /wanted a DNS label/],
  ['a role that is no ARN', 'tenants: [{name: a, roleArn: pull-a}]', /roleArn: found "pull-a", wanted the ARN of a role/],
  ['a registry that is no ECR host', `tenants: [{name: a, registries: ["https://${host}"]}]`, /registries\[0\]: found .*wanted a bare ECR/],
  ['no registries in the list', 'tenants: [{name: a, registries: []}]', /at least one registry, or no such key/],
  ['no patterns in the list', 'tenants: [{name: a, allowedRegistries: []}]', /at least one pattern, or no such key/],
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
  [
    'a registry outside of its own allow-list',
    `tenants: [{name: a, registries: ["${host}"], allowedRegistries: [public.ecr.aws]}]`,
    /tenant a: found registry 111122223333\S+ outside its own allowedRegistries/,
  ],
]

for (const [about, text, message] of refused) {
  t.test(`${about} is refused`, async t => void t.throws(() => readTenants(text), { kind: 'settings', message }))
}

t.test('all problems of a file are told at once', async t => {
  const text = 'tenants: [{name: A, roleArn: x, more: 1}, {registries: [y]}]'
  t.throws(() => readTenants(text), { message: /^found 5 faulty settings:/ })
})

t.test('a tenant without an allow-list may ask for any ECR host', async t => {
  t.equal(isAllowed({}, host), true)
  t.equal(isAllowed({ allowedRegistries: ['public.ecr.aws'] }, host), false)
  t.equal(isAllowed({ allowedRegistries: ['public.ecr.aws', '*.dkr.ecr.*.amazonaws.com'] }, host), true)
})

const list = 'allowedRegistries: [public.ecr.aws]'
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
]

for (const [about, tenants, refused] of pairs) {
  t.test(`two tenants are ${refused ? 'refused' : 'accepted'} if ${about}`, async t => {
    const read = () => readTenants(`tenants: [${tenants}]`, { ambientRoleArn: `${roleArn}-0` })
    if (refused) t.throws(read, { kind: 'settings', message: /with one principal and different allowedRegistries/ })
    else t.doesNotThrow(read)
  })
}
