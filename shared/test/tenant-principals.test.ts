import t from 'tap'
import { sharedPrincipals } from '../src/tenant-principals.ts'
import { readTenants } from '../src/tenants.ts'

const host = '111122223333.dkr.ecr.us-east-1.amazonaws.com'
const roleArn = 'arn:aws:iam::111122223333:role/pull-a'

const list = 'allowedRegistries: [public.ecr.aws]'
const longList = `allowedRegistries: [public.ecr.aws, "${host}"]`
const reversed = `allowedRegistries: ["${host}", public.ecr.aws]`
const web = (name: string) => `webIdentity: {roleArn: "${roleArn}-${name}", tokenFile: /t}`
const pairs: [about: string, tenants: string, refused: boolean][] = [
  ['one has the ambient identity and an allow-list, and the other is default', `{name: a, ${list}}`, true],
  [
    'both have the same role and different allow-lists',
    `{name: a, roleArn: "${roleArn}", ${list}}, {name: b, roleArn: "${roleArn}"}`,
    true,
  ],
  ['one has the role of the ambient identity of the other', `{name: a, roleArn: "${roleArn}-0", ${list}}`, true],
  ['both have the same allow-list', `{name: a, ${list}}, {name: default, ${list}}`, false],
  ['they have different roles', `{name: a, roleArn: "${roleArn}-1", ${list}}, {name: b, roleArn: "${roleArn}-2"}`, false],
  [
    'their session tags differ',
    `{name: a, ${list}, roleArn: "${roleArn}", sessionTags: {team: a}}, {name: b, roleArn: "${roleArn}"}`,
    false,
  ],
  [
    'they share a role, but their repositories differ',
    `{name: a, ${list}, roleArn: "${roleArn}", repositories: [a/*]}, {name: b, roleArn: "${roleArn}", repositories: [b/*]}`,
    false,
  ],
  [
    'they share a role, and only one has repositories',
    `{name: a, ${list}, roleArn: "${roleArn}", repositories: [a/*]}, {name: b, roleArn: "${roleArn}"}`,
    false,
  ],
  [
    'they share a role and, in another order, repositories',
    `{name: a, ${list}, roleArn: "${roleArn}", repositories: [a/*, b]}, {name: b, roleArn: "${roleArn}", repositories: [b, a/*]}`,
    true,
  ],
  ['one has a profile', `{name: a, profile: other, ${list}}`, false],
  ['they have different profiles', `{name: a, profile: one, ${list}}, {name: b, profile: two}`, false],
  ['they have the same profile and different allow-lists', `{name: a, profile: one, ${list}}, {name: b, profile: one}`, true],
  ['they have the same allow-list in another order', `{name: a, ${longList}}, {name: default, ${reversed}}`, false],
  ['their allow-lists differ', `{name: a, ${longList}}, {name: default, ${list}}`, true],
  ['they have different web identities', `{name: a, ${list}, ${web('a')}}, {name: b, ${web('b')}}`, false],
  ['they have the same web identity and different allow-lists', `{name: a, ${list}, ${web('a')}}, {name: b, ${web('a')}}`, true],
  [
    'the role of one is the web identity of the other, and they have different allow-lists',
    `{name: a, ${list}, ${web('a')}}, {name: b, roleArn: "${roleArn}-a"}`,
    true,
  ],
  [
    'they have the same session tags and different allow-lists',
    `{name: a, ${list}, roleArn: "${roleArn}", sessionTags: {team: a}}, {name: b, roleArn: "${roleArn}", sessionTags: {team: a}}`,
    true,
  ],
]

for (const [about, tenants, refused] of pairs) {
  t.test(`two tenants are ${refused ? 'rejected' : 'accepted'} if ${about}`, async t => {
    const read = () => readTenants(`tenants: [${tenants}]`, { ambientRoleArn: `${roleArn}-0` })
    if (refused) t.throws(read, { kind: 'settings', message: /with one principal and different allowedRegistries/ })
    else t.doesNotThrow(read)
  })
}

t.test('a tenant with a role has the principal of that role, whatever identity assumes it', async t => {
  const arn = (name: string) => `arn:aws:iam::111122223333:role/${name}`
  const of = (name: string, role: string) => `{name: ${name}, profile: p, roleArn: "${arn(role)}", allowedRegistries: [public.ecr.aws]}`
  t.doesNotThrow(() => readTenants(`tenants: [${of('a', 'one')}, {name: b, profile: p, roleArn: "${arn('two')}"}]`))
  t.throws(() => readTenants(`tenants: [${of('a', 'one')}, {name: b, roleArn: "${arn('one')}"}]`), { message: /with one principal/ })
})

t.test('each pair of tenants with the same principal is listed once', async t => {
  const tenants = ['a', 'b', 'c'].map(name => ({ name, ...(name === 'c' ? {} : { allowedRegistries: [`${name}.example`] }) }))
  t.match(
    sharedPrincipals(tenants, () => 'one').map(text => /tenants (\w) and (\w)/.exec(text)?.slice(1).join('')),
    ['ab', 'ac', 'bc'],
  )
})

t.test('tenants with an unknown principal are not listed', async t => {
  t.strictSame(
    sharedPrincipals([{ name: 'a', allowedRegistries: ['a.example'] }, { name: 'b' }], () => undefined),
    [],
  )
})
