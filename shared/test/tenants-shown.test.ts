import t from 'tap'
import { readTenants } from '../src/tenants.ts'

t.test('a message quotes only the first 120 characters of a rejected value', async t => {
  const name = `${'A'.repeat(119)}BC`
  t.throws(() => readTenants(`tenants: [{name: ${name}}]`), { message: new RegExp(`found "${'A'.repeat(119)}B", wanted a DNS label`) })
})
