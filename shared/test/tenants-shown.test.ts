import t from 'tap'
import { readTenants } from '../src/tenants.ts'

t.test('of a long text that is refused, the message shows the beginning', async t => {
  const name = `${'A'.repeat(119)}BC`
  t.throws(() => readTenants(`tenants: [{name: ${name}}]`), { message: new RegExp(`found "${'A'.repeat(119)}B", wanted a DNS label`) })
})

t.test('a role is a principal of its own, whether a profile or the ambient identity assumes it', async t => {
  const arn = (name: string) => `arn:aws:iam::111122223333:role/${name}`
  const of = (name: string, role: string) => `{name: ${name}, profile: p, roleArn: "${arn(role)}", allowedRegistries: [public.ecr.aws]}`
  t.doesNotThrow(() => readTenants(`tenants: [${of('a', 'one')}, {name: b, profile: p, roleArn: "${arn('two')}"}]`))
  t.throws(() => readTenants(`tenants: [${of('a', 'one')}, {name: b, roleArn: "${arn('one')}"}]`), { message: /with one principal/ })
})
