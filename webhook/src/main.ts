import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { awsConfig } from '@ecr-anywhere/shared/aws/config.ts'
import { exitCode } from '@ecr-anywhere/shared/fault.ts'
import { logOptions } from '@ecr-anywhere/shared/log.ts'
import { defaultTenant } from '@ecr-anywhere/shared/names.ts'
import { readSettings, settingsFault, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { readTenants, sharedPrincipals, type Tenant } from '@ecr-anywhere/shared/tenants.ts'
import { version } from '@ecr-anywhere/shared/version.ts'
import { type Logger, pino, stdTimeFunctions } from 'pino'
import { type AdmitWorld, admit } from './admit.ts'
import { screen, type Tickets } from './attest.ts'
import { findPrincipals } from './aws/principals.ts'
import { tenantClients } from './aws/tenant-clients.ts'
import { listenEverywhere } from './http/listen.ts'
import { metrics as makeMetrics } from './http/metrics.ts'
import { operationsServer } from './http/operations.ts'
import { usePair, webhookServer } from './http/server.ts'
import { shutDownOnSignal } from './http/shutdown.ts'
import { serveTickets } from './kube/tickets.ts'
import { regionLabel } from './region-label.ts'
import { report } from './report.ts'
import { statusOf } from './status.ts'
import { tenantState } from './tenant-state.ts'
import { parseClientCa } from './tls/client-ca.ts'
import { type ServingPair, servePair } from './tls/serving.ts'
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
  const clientCa = await contentOf('CLIENT_CA_FILE', settings.CLIENT_CA_FILE)
  const ca = clientCa === undefined ? undefined : parseClientCa(clientCa)
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

  let pair: ServingPair | undefined
  // With attestation on but unread, every review is refused.
  let tickets: Tickets | undefined = settings.ATTESTATION_DIR === undefined ? undefined : new Map()
  let draining = false
  const world: AdmitWorld = {
    tenants,
    tickets: () => tickets,
    token: tokens.get,
    ownRegistry: (tenant, limitMs) => clientOf(tenant).ownRegistry(limitMs),
    isRegion: (tenant, region) => clientOf(tenant).isRegion(region),
    partition: tenant => clientOf(tenant).partition(),
    nowMs: Date.now,
    refreshBeforeMs: settings.REFRESH_BEFORE,
    tenantState: tenant => tenantState(tenant, { principal: principals.get(tenant.name), tokens: tokens.entries(), nowMs: Date.now() }),
    askAgain: ({ name }) => {
      principalWaits.wake()
      for (const key of homes.flatMap(({ tenant, keys }) => (tenant === name ? keys : []))) void askAgain(key)
    },
  }
  const app = webhookServer({
    screen: (body, { tenantName }) => screen(body, { tenantName, tenants, tickets }),
    admit: (body, asked) => admit(body, asked, world),
    syncTenant: defaultTenant,
    onAdmission: (admission, ms) => report({ logger, count: metrics.admission }, admission, ms),
    isDraining: () => draining,
    nowMs: () => performance.now(),
    logger,
    clients: ca === undefined ? undefined : { names: settings.CLIENT_NAMES ?? [], authorities: () => ca.authorities },
  })
  await servePair({
    certFile: settings.CERT_FILE,
    keyFile: settings.KEY_FILE,
    onPair: found => {
      usePair(app, found, ca?.pem)
      pair = found
      metrics.certificateNotAfter(found.notAfterMs)
      logger.info({ notAfter: new Date(found.notAfterMs).toISOString() }, 'serving certificate loaded')
    },
    onProblem: problem => logger.error({ problem, certFile: settings.CERT_FILE }, 'serving certificate cannot be used'),
  })
  if (settings.ATTESTATION_DIR !== undefined) {
    await serveTickets({
      dir: settings.ATTESTATION_DIR,
      onTickets: found => {
        tickets = found
      },
      onProblem: problem => logger.error({ problem }, 'tickets cannot be read'),
    })
  }
  const principals = findPrincipals({
    clients,
    wait: principalWaits.wait,
    onFound: (tenant, principal, all) => {
      logger.info({ tenant, principal }, 'principal')
      const problems = sharedPrincipals([...tenants.values()], one => roleIn(all.get(one.name)?.arn, one))
      if (problems.length === 0) return
      logger.fatal({ problems }, 'refused')
      process.exit(exitCode(settingsFault(problems)))
    },
    onProblem: (tenant, error) => logger.error({ tenant, error }, 'principal unknown; asked again'),
  })
  const operations = operationsServer({
    notReady: () => {
      if (draining) return 'shutting down'
      if (pair === undefined) return 'no serving certificate yet'
      return pair.notAfterMs > Date.now() ? undefined : 'the serving certificate has expired'
    },
    metrics: metrics.text,
    status: () =>
      statusOf({
        version,
        attestation,
        notAfterMs: pair?.notAfterMs,
        tenants: tenants.values(),
        principals,
        tokens: tokens.entries(),
        nowMs: Date.now(),
      }),
  })
  await listenEverywhere(app, settings.PORT)
  await listenEverywhere(operations, settings.METRICS_PORT)
  // In the background, and not before it serves: AWS has no say in whether the webhook is ready, nor in when.
  for (const key of homes.flatMap(({ keys }) => keys)) tokens.watch(key)
  logger.info({ version, attestation, tenants: [...tenants.keys()] }, 'started')
  shutDownOnSignal({
    operations,
    app,
    delayMs: settings.SHUTDOWN_DELAY,
    graceMs: settings.SHUTDOWN_GRACE,
    onDraining: () => {
      draining = true
    },
    logger,
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

function attestationMode({
  ATTESTATION_DIR,
  CLIENT_CA_FILE,
}: {
  ATTESTATION_DIR?: string | undefined
  CLIENT_CA_FILE?: string | undefined
}): string {
  if (ATTESTATION_DIR !== undefined) return 'policy'
  return CLIENT_CA_FILE === undefined ? 'none' : 'mtls'
}

/** A session's ARN without the session's name, which we choose ourselves. */
function roleIn(arn: string | undefined, { sessionTags = {} }: Tenant): string | undefined {
  return arn === undefined ? undefined : `${arn.replace(/(:assumed-role\/[^/]+)\/.*/, '$1')} ${JSON.stringify(sessionTags)}`
}

function unreachable(tenant: string): never {
  throw new Error(`no AWS client for tenant ${tenant}`)
}
