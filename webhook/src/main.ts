import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { awsConfig } from '@ecr-anywhere/shared/aws/aws-config.ts'
import type { Fault } from '@ecr-anywhere/shared/fault.ts'
import { logOptions } from '@ecr-anywhere/shared/log.ts'
import { defaultTenant } from '@ecr-anywhere/shared/names.ts'
import { readSettings, settingsFault, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { readTenants } from '@ecr-anywhere/shared/tenants.ts'
import { version } from '@ecr-anywhere/shared/version.ts'
import { type Logger, pino, stdTimeFunctions } from 'pino'
import { type AdmitWorld, admit } from './admit.ts'
import { screen } from './attest.ts'
import { attestationMode } from './attestation-mode.ts'
import { findPrincipals, type KnownPrincipal } from './aws/principals.ts'
import { tenantClients } from './aws/tenant-clients.ts'
import { listenEverywhere } from './http/listen.ts'
import { metrics as makeMetrics } from './http/metrics.ts'
import { operationsServer } from './http/operations.ts'
import { usePair, webhookServer } from './http/server.ts'
import { shutDownOnSignal } from './http/shutdown.ts'
import { mounted } from './kube/mounted.ts'
import { notReadyReason, readiness } from './readiness.ts'
import { regionLabel } from './region-label.ts'
import { report } from './report.ts'
import { refusedTenants, withRefusals } from './shared-principals.ts'
import { statusOf } from './status.ts'
import { tenantState } from './tenant-state.ts'
import { tokenCalls, tokenSamples } from './token-calls.ts'
import { tokens as makeTokens, type TokenKey } from './tokens.ts'
import { waits } from './waits.ts'

/** How often tokens in use are looked at: a first try that failed is repeated soon after the start; those that go on failing back off. */
const renewEveryMs = 5_000

/** Lines beyond this are dropped while nobody reads the log: a log that stands still must not fill the memory. */
const maxUnwrittenLogBytes = 4 * 1024 * 1024

/** A call that was made for a probe may take as long as one that an admission waits for. */
const askAgainLimitMs = 9_000

/** `ecr-anywhere webhook`: runs until SIGTERM. @throws Fault `settings` before anything is started */
export async function main(): Promise<number> {
  const { env } = process
  const settings = readSettings(settingsOf.webhook, env)
  const tenants = readTenants(await contentOf('CONFIG_FILE', settings.CONFIG_FILE), { ambientRoleArn: env.AWS_ROLE_ARN || undefined })
  const config = await awsConfig({ env, caBundle: await contentOf('AWS_CA_BUNDLE', env.AWS_CA_BUNDLE) })
  // Asynchronous: a slow reader of our log must not hold up admissions. pino writes what is left when the process exits.
  const destination = pino.destination({ sync: false, maxLength: maxUnwrittenLogBytes })
  const logger: Logger = pino({ ...logOptions(settings.LOG_LEVEL), timestamp: stdTimeFunctions.isoTime }, destination)
  const attestation = attestationMode(settings)
  const clients = tenantClients(tenants, { config, env, clusterName: settings.CLUSTER_NAME, nowMs: Date.now })
  const clientOf = (tenant: string) => clients.get(tenant) ?? unreachable(tenant)
  const labelsOf = ({ tenant, scope }: TokenKey) => ({ tenant, region: regionLabel(scope, clientOf(tenant).isRegion) })
  const homes = [...clients].map(([tenant, { homes }]) => ({ tenant, keys: homes.map(scope => ({ tenant, scope })) }))
  const metrics = makeMetrics({
    version,
    attestation,
    tenants: homes.map(({ tenant, keys }) => ({ tenant, regions: keys.map(key => labelsOf(key).region) })),
    tokens: () => tokenSamples(tokens.entries(), labelsOf),
  })

  const tokens = makeTokens({
    fetch: tokenCalls({ ask: ({ tenant, scope }) => clientOf(tenant).token(scope), labelsOf, count: metrics.tokenRequest, logger }),
    maxAgeMs: settings.TOKEN_MAX_AGE,
    refreshBeforeMs: settings.REFRESH_BEFORE,
    nowMs: Date.now,
    random: Math.random,
    sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
  })
  const principalWaits = waits(ms => sleep(ms, undefined, { ref: false }))
  const askAgain = async (key: TokenKey) => {
    try {
      await tokens.get(key, askAgainLimitMs)
    } catch {
      // It is counted, logged and kept as the key's last error.
    }
  }
  setInterval(tokens.renew, renewEveryMs).unref()

  const files = mounted({ settings, nowMs: Date.now, logger })
  /** Tenants that get no credentials, and why. */
  let refused: ReadonlyMap<string, Fault> = new Map()
  const isServed = (tenant: string) => {
    const fault = refused.get(tenant)
    if (fault !== undefined) throw fault
  }
  let draining = false
  const world: AdmitWorld = {
    tenants,
    tickets: files.tickets,
    token: (key, limitMs) => {
      isServed(key.tenant)
      return tokens.get(key, limitMs)
    },
    ownRegistry: async (tenant, limitMs) => {
      isServed(tenant)
      return clientOf(tenant).ownRegistry(limitMs)
    },
    isRegion: (tenant, region) => clientOf(tenant).isRegion(region),
    partition: tenant => clientOf(tenant).partition(),
    nowMs: Date.now,
    refreshBeforeMs: settings.REFRESH_BEFORE,
    tenantState: tenant =>
      tenantState(tenant, {
        principal: withRefusals(principals, refused).get(tenant.name),
        tokens: tokens.entries(),
        nowMs: Date.now(),
      }),
    askAgain: ({ name }) => {
      principalWaits.wake()
      for (const key of homes.flatMap(({ tenant, keys }) => (tenant === name ? keys : []))) void askAgain(key)
    },
  }
  const app = webhookServer({
    screen: (body, { tenantName }) => screen(body, { tenantName, tenants, tickets: files.tickets() }),
    admit: (body, asked) => admit(body, asked, world),
    syncTenant: defaultTenant,
    onAdmission: (admission, ms) => report({ logger, count: metrics.admission }, admission, ms),
    isDraining: () => draining,
    nowMs: () => performance.now(),
    logger,
    clients:
      settings.CLIENT_CA_FILE === undefined
        ? undefined
        : { names: settings.CLIENT_NAMES ?? [], authorities: () => files.clientCa()?.authorities ?? [] },
  })
  let principals: ReadonlyMap<string, KnownPrincipal> = new Map()
  const ready = readiness([...tenants.keys()])
  const operations = operationsServer({
    notReady: () => notReadyReason(ready({ draining, ...files.parts() }, Date.now())),
    metrics: metrics.text,
    status: () =>
      statusOf({
        version,
        attestation,
        notAfterMs: files.pair()?.notAfterMs,
        tenants: tenants.values(),
        principals: withRefusals(principals, refused),
        tokens: tokens.entries(),
        nowMs: Date.now(),
      }),
  })
  const shutdown = shutDownOnSignal({
    operations,
    app,
    delayMs: settings.SHUTDOWN_DELAY,
    graceMs: settings.SHUTDOWN_GRACE,
    onDraining: () => {
      draining = true
    },
    logger,
  })
  try {
    await files.watch((pair, clientCa) => {
      usePair(app, pair, clientCa?.pem)
      metrics.certificateNotAfter(pair.notAfterMs)
    })
    await listenEverywhere(app, { variable: 'PORT', port: settings.PORT })
    await listenEverywhere(operations, { variable: 'METRICS_PORT', port: settings.METRICS_PORT })
  } catch (error) {
    await shutdown.abandon()
    destination.flushSync()
    throw error
  }
  // After the ports are had: nothing that waits for AWS shall keep a process that could not start.
  principals = findPrincipals({
    clients,
    wait: principalWaits.wait,
    onFound: (tenant, principal, all) => {
      logger.info({ tenant, principal }, 'principal')
      refused = refusedTenants(tenants, all)
      const fault = refused.get(tenant)
      if (fault !== undefined) logger.error({ tenant, error: fault.message }, 'tenants refused')
    },
    onProblem: (tenant, error) => logger.error({ tenant, error }, 'principal unknown; asked again'),
  })
  // In the background, and not before it serves: AWS has no say in whether the webhook is ready, nor in when.
  for (const key of homes.flatMap(({ keys }) => keys)) tokens.watch(key)
  logger.info({ version, attestation, tenants: [...tenants.keys()] }, 'started')
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

function unreachable(tenant: string): never {
  throw new Error(`no AWS client for tenant ${tenant}`)
}
