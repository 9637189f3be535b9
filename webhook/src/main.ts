import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { awsConfig, isListedRegion } from '@ecr-anywhere/shared/aws/config.ts'
import { stsLimitMs } from '@ecr-anywhere/shared/aws/identity.ts'
import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import { logOptions } from '@ecr-anywhere/shared/log.ts'
import { defaultTenant } from '@ecr-anywhere/shared/names.ts'
import { regionOf, type Scope } from '@ecr-anywhere/shared/scope.ts'
import { readSettings, settingsFault, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { readTenants } from '@ecr-anywhere/shared/tenants.ts'
import { version } from '@ecr-anywhere/shared/version.ts'
import closeWithGrace from 'close-with-grace'
import { type Logger, pino } from 'pino'
import { type Admission, admit } from './admit.ts'
import { type TenantClient, tenantClients } from './aws/tenant-clients.ts'
import { metrics as makeMetrics } from './http/metrics.ts'
import { operationsServer } from './http/operations.ts'
import { usePair, webhookServer } from './http/server.ts'
import { statusOf } from './status.ts'
import { type ServingPair, servePair } from './tls/serving.ts'
import { tokens as makeTokens } from './tokens.ts'

/** How often tokens in use are looked at: an outage shows in the metrics within a minute of the first renewal that fails. */
const renewEveryMs = 30_000

/** `ecr-anywhere webhook`: runs until SIGTERM. @throws Fault `settings` before anything is started */
export async function main(): Promise<number> {
  const { env } = process
  const settings = readSettings(settingsOf.webhook, env)
  const tenants = readTenants(await contentOf('CONFIG_FILE', settings.CONFIG_FILE))
  const config = await awsConfig({ env, caBundle: await contentOf('AWS_CA_BUNDLE', env.AWS_CA_BUNDLE) })
  const logger: Logger = pino({ ...logOptions(settings.LOG_LEVEL), timestamp: pino.stdTimeFunctions.isoTime })
  const metrics = makeMetrics({ version, attestation: 'none' })
  const clients = tenantClients(tenants, { config, env, clusterName: settings.CLUSTER_NAME })
  const clientOf = (tenant: string): TenantClient => {
    const client = clients.get(tenant)
    if (client === undefined) throw new Error(`no client for tenant ${tenant}`)
    return client
  }

  const tokens = makeTokens({
    fetch: async ({ tenant, scope }) => {
      const labels = { tenant, region: regionLabel(scope) }
      try {
        const token = await clientOf(tenant).token(scope)
        metrics.tokenRequest({ ...labels, result: 'success' })
        metrics.tokenExpiry(labels, token.expiresAtMs)
        return token
      } catch (error) {
        metrics.tokenRequest({ ...labels, result: error instanceof Fault ? error.code : 'error' })
        logger.error({ ...labels, error: sentence(error) }, 'no token')
        throw error
      }
    },
    maxAgeMs: settings.TOKEN_MAX_AGE,
    refreshBeforeMs: settings.REFRESH_BEFORE,
    nowMs: Date.now,
    random: Math.random,
    sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
  })
  setInterval(tokens.renew, renewEveryMs).unref()

  let pair: ServingPair | undefined
  let draining = false
  const app = webhookServer({
    admit: (body, asked) =>
      admit(body, asked, {
        tenants,
        token: tokens.get,
        ownRegistry: (tenant, limitMs) => clientOf(tenant).ownRegistry(limitMs),
        isRegion: (tenant, region) => clientOf(tenant).isRegion(region),
        nowMs: Date.now,
        refreshBeforeMs: settings.REFRESH_BEFORE,
      }),
    syncTenant: defaultTenant,
    onAdmission: (admission, ms) => {
      const { tenant, operation = 'unknown' } = admission.record
      metrics.admission({ tenant, operation, result: admission.result }, ms / 1000)
      logAdmission(logger, admission, ms)
    },
    isDraining: () => draining,
    nowMs: () => performance.now(),
    logger,
  })
  const principals = new Map<string, { arn?: string; error?: string }>([...tenants.keys()].map(name => [name, {}]))
  const operations = operationsServer({
    notReady: () => {
      if (draining) return 'shutting down'
      if (pair === undefined) return 'no serving certificate yet'
      return pair.notAfterMs > Date.now() ? undefined : 'the serving certificate has expired'
    },
    metrics: metrics.text,
    status: () =>
      statusOf({ version, attestation: 'none', notAfterMs: pair?.notAfterMs, principals, tokens: tokens.entries(), nowMs: Date.now() }),
  })

  await servePair({
    certFile: settings.CERT_FILE,
    keyFile: settings.KEY_FILE,
    onPair: found => {
      usePair(app, found)
      pair = found
      metrics.certificateNotAfter(found.notAfterMs)
      logger.info({ notAfter: new Date(found.notAfterMs).toISOString() }, 'serving certificate loaded')
    },
    onProblem: problem => logger.error({ problem, certFile: settings.CERT_FILE }, 'serving certificate cannot be used'),
  })
  await app.listen({ host: '::', port: settings.PORT })
  await operations.listen({ host: '::', port: settings.METRICS_PORT })
  logger.info({ version, port: app.server.address(), operationsPort: operations.server.address(), tenants: [...tenants.keys()] }, 'started')
  void Promise.all([...tenants.keys()].map(name => findPrincipal(name)))

  async function findPrincipal(tenant: string): Promise<void> {
    try {
      const { arn } = await clientOf(tenant).principal(stsLimitMs)
      principals.set(tenant, { arn })
      logger.info({ tenant, principal: arn }, 'principal')
    } catch (error) {
      principals.set(tenant, { error: error instanceof Fault ? error.code : 'error' })
      logger.error({ tenant, error: sentence(error) }, 'principal unknown; asked again')
      await sleep(renewEveryMs, undefined, { ref: false })
      return findPrincipal(tenant)
    }
  }

  closeWithGrace({ delay: settings.SHUTDOWN_DELAY + settings.SHUTDOWN_GRACE + 5_000, logger: false }, async ({ signal, err }) => {
    if (err !== undefined) logger.fatal({ error: sentence(err) }, 'unexpected')
    logger.info({ signal }, 'shutting down')
    draining = true
    // The API server goes on using open connections of a terminating pod: https://github.com/kubernetes/kubernetes/issues/127335
    if (err === undefined) await sleep(settings.SHUTDOWN_DELAY)
    const cut = setTimeout(() => app.server.closeAllConnections(), settings.SHUTDOWN_GRACE)
    await app.close()
    clearTimeout(cut)
    await operations.close()
    logger.info('stopped')
  })
  return 0
}

/** @throws Fault `settings` if a file that was named cannot be read */
async function contentOf(name: string, path: string | undefined): Promise<string | undefined> {
  try {
    return path ? await readFile(path, 'utf8') : undefined
  } catch (error) {
    throw settingsFault([`${name}: found ${path} (${(error as NodeJS.ErrnoException).code}), wanted a readable file`])
  }
}

function regionLabel(scope: Scope): string {
  if (scope.kind === 'public') return 'public'
  const region = regionOf(scope)
  return isListedRegion(region) ? region : 'other'
}

const levels = { error: 'error', denied: 'warn', stale: 'warn', kept: 'warn' } as const

function logAdmission(logger: Logger, { result, record }: Admission, ms: number): void {
  const level = result in levels ? levels[result as keyof typeof levels] : 'info'
  logger[level]({ ...record, result, ms: Math.round(ms * 100) / 100 }, 'admission')
}
