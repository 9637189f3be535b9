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

t.test(
  'two sessions of one role under different lists: both tenants are refused, by a sentence that names the other; no third',
  async t => {
    const principals = known({ a: session('a'), b: session('b'), c: session('c', 'other') })
    const refused = refusedTenants(tenantsOf(free, limited, { name: 'c' }), principals)
    t.strictSame(named(refused), ['a', 'b'])
    t.match(refused.get('a'), {
      kind: 'settings',
      code: 'SharedPrincipal',
      message:
        /that tenant a has the principal of tenant b and different allowedRegistries; wanted a role or repositories for each, or the same list\. /,
    })
  },
)

const fine: [about: string, tenants: Tenant[], principals: ReadonlyMap<string, Known>][] = [
  ['the same list', [{ ...limited, name: 'a' }, limited], both],
  ['different roles', [free, limited], known({ a: session('a'), b: session('b', 'other') })],
  ['different session tags', [free, { ...limited, sessionTags: { team: 'b' } }], both],
  ['a principal that is not known yet', [free, limited], known({ a: session('a'), b: {} })],
  ['nothing known yet', [free, limited], known({})],
]

for (const [about, tenants, principals] of fine) {
  t.test(`${about}: nobody is refused`, async t => t.strictSame(named(refusedTenants(tenantsOf(...tenants), principals)), []))
}

t.test('three that share: each is refused, and names those whose list differs from its own', async t => {
  const principals = known({ a: session('a'), b: session('b'), c: session('c') })
  const refused = refusedTenants(tenantsOf(free, limited, { name: 'c' }), principals)
  t.match(refused.get('b')?.message, /principal of tenant a, c/)
  t.match(refused.get('a')?.message, /principal of tenant b and/)
})

t.test('the status of a refused tenant says why, that of others stays', async t => {
  const principals = known({ a: session('a'), b: session('b'), c: { error: 'so' } })
  const said = withRefusals(principals, refusedTenants(tenantsOf(free, limited), principals))
  t.match(said.get('a'), { ...session('a'), error: { code: 'SharedPrincipal', message: /principal of tenant b/ } })
  t.strictSame(said.get('c'), { error: 'so' })
})
