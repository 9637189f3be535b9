import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import t from 'tap'
import { refusedTenants, withRefusals } from '../../src/tenants/shared-principals.ts'

interface Known {
  arn?: string
  error?: string
  cause?: string
}

const session = (name: string, role = 'pull'): Known => ({ arn: `arn:aws:sts::111122223333:assumed-role/${role}/kubernetes@${name}` })
const known = (principals: Record<string, Known>) => new Map(Object.entries(principals))
const tenantsOf = (...tenants: Tenant[]) => new Map(tenants.map(tenant => [tenant.name, tenant]))
const named = (refused: ReadonlyMap<string, unknown>) => [...refused.keys()]

const free: Tenant = { name: 'a' }
const limited: Tenant = { name: 'b', allowedRegistries: ['public.ecr.aws'] }
const both = known({ a: session('a'), b: session('b') })

t.test('two tenants with sessions of one role and different allow-lists are denied by messages that name each other', async t => {
  const principals = known({ a: session('a'), b: session('b'), c: session('c', 'other') })
  const refused = refusedTenants(tenantsOf(free, limited, { name: 'c' }), principals)
  t.strictSame(named(refused), ['a', 'b'])
  t.match(refused.get('a'), {
    kind: 'settings',
    code: 'SharedPrincipal',
    message:
      /that tenant a has the principal of tenant b and different allowedRegistries; wanted a role or repositories for each, or the same list\. /,
  })
})

const fine: [about: string, tenants: Tenant[], principals: ReadonlyMap<string, Known>][] = [
  ['the same list', [{ ...limited, name: 'a' }, limited], both],
  ['different roles', [free, limited], known({ a: session('a'), b: session('b', 'other') })],
  ['different session tags', [free, { ...limited, sessionTags: { team: 'b' } }], both],
  ['a principal that is not known yet', [free, limited], known({ a: session('a'), b: {} })],
  ['no principal is known yet', [free, limited], known({})],
]

for (const [about, tenants, principals] of fine) {
  t.test(`${about}: no tenant is denied`, async t => t.strictSame(named(refusedTenants(tenantsOf(...tenants), principals)), []))
}

t.test('each of three tenants that share a principal is denied, and its message names those with a different list', async t => {
  const principals = known({ a: session('a'), b: session('b'), c: session('c') })
  const refused = refusedTenants(tenantsOf(free, limited, { name: 'c' }), principals)
  t.match(refused.get('b')?.message, /principal of tenant a, c/)
  t.match(refused.get('a')?.message, /principal of tenant b and/)
})

t.test('the status of a denied tenant contains the reason, and the status of other tenants does not change', async t => {
  const principals = known({ a: session('a'), b: session('b'), c: { error: 'so' } })
  const principalsWithErrors = withRefusals(principals, refusedTenants(tenantsOf(free, limited), principals))
  t.match(principalsWithErrors.get('a'), { ...session('a'), error: { code: 'SharedPrincipal', message: /principal of tenant b/ } })
  t.strictSame(principalsWithErrors.get('c'), { error: 'so' })
})
