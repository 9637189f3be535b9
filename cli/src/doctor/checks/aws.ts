import { type Finding, failed, ok } from '../../findings/finding.ts'
import type { Check } from '../check.ts'
import type { WebhookStatus } from '../facts/webhook-status.ts'
import { counted, named } from '../named.ts'
import { asFinding } from '../problem-parts.ts'

/** What the webhook knows of AWS, and whether Secrets of each tenant get credentials. */
export const awsChecks: readonly Check[] = [
  {
    id: 'identity',
    title: 'AWS knows the identity of each tenant',
    run: async ({ statuses }) => {
      const all = tenantsIn(await statuses())
      const unknown = all.find(({ tenant }) => tenant.principal == null && tenant.cause !== undefined)
      if (unknown !== undefined) return ofTenant(unknown.name, unknown.tenant.cause)
      return ok(named([...new Set(all.map(({ name, tenant }) => `${name}: ${tenant.principal ?? 'not asked yet'}`))]))
    },
  },
  {
    id: 'tokens',
    title: 'each tenant has a token for each of its regions',
    run: async ({ statuses }) => {
      const tokens = tenantsIn(await statuses()).flatMap(({ name, tenant }) =>
        Object.entries(tenant.tokens).map(([region, token]) => ({ name, region, ...token })),
      )
      const refused =
        tokens.find(({ cause, secondsLeft = 0 }) => cause !== undefined && secondsLeft <= 0) ??
        tokens.find(({ cause }) => cause !== undefined)
      if (refused !== undefined) return ofTenant(refused.name, refused.cause, ` in ${refused.region}`)
      return ok(counted(tokens.length, 'token'))
    },
  },
  {
    id: 'webhook-called',
    title: 'the API server can call the webhook',
    run: async ({ probes }) => {
      const found = (await probes()).find(({ notCalled }) => notCalled !== '' && !notCalled.includes('x509'))
      return found?.problem === undefined ? ok('it answered the dry runs') : asFinding(found.problem)
    },
  },
  {
    id: 'dry-run',
    title: 'a Secret of each tenant gets credentials, in a dry run',
    run: async ({ probes }) => {
      const all = await probes()
      const found = all.find(({ problem }) => problem !== undefined)
      if (found?.problem !== undefined) return asFinding(found.problem, `, for tenant ${found.tenant} in namespace ${found.namespace}`)
      return ok(named(all.map(({ tenant, namespace }) => `tenant ${tenant} in namespace ${namespace}`)))
    },
  },
]

function tenantsIn(statuses: readonly WebhookStatus[]) {
  return statuses.flatMap(({ tenants }) => Object.entries(tenants).map(([name, tenant]) => ({ name, tenant })))
}

function ofTenant(name: string, cause: string | undefined, where = ''): Finding {
  const finding = asFinding(cause ?? '')
  return finding.state === 'failed' ? failed(`for tenant ${name}${where}: ${finding.found}`, finding.expected, finding.todo) : finding
}
