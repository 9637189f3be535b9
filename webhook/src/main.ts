import { awsConfig } from '@ecr-anywhere/shared/aws/aws-config.ts'
import { namedFile } from '@ecr-anywhere/shared/files/named-file.ts'
import { logOptions } from '@ecr-anywhere/shared/log.ts'
import { defaultTenant } from '@ecr-anywhere/shared/names.ts'
import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { readTenants } from '@ecr-anywhere/shared/tenants.ts'
import { version } from '@ecr-anywhere/shared/version.ts'
import { type Logger, pino, stdTimeFunctions } from 'pino'
import { type AdmitWorld, admit } from './admission/admit.ts'
import { screen } from './admission/authenticate.ts'
import { logAndCount } from './admission/log-and-count.ts'
import { attestationMode } from './attestation-mode.ts'
import { homeRegions, tenantAws } from './aws/tenant-aws.ts'
import { tenantClients } from './aws/tenant-clients.ts'
import { mounted } from './files/mounted.ts'
import { listenEverywhere } from './http/listen.ts'
import { metrics as makeMetrics } from './http/metrics.ts'
import { operationsServer } from './http/operations.ts'
import { usePair, webhookServer } from './http/server.ts'
import { shutDownOnSignal } from './http/shutdown.ts'
import { notReadyReason, readiness, ticketCounts } from './readiness.ts'
import { statusOf } from './status.ts'

/** Log lines above this limit are dropped, because a log that nobody reads must not fill the memory. */
const maxUnwrittenLogBytes = 4 * 1024 * 1024
/** Log lines are written together, because one write for each line takes an eighth of the time of an admission. */
const logBlockBytes = 8 * 1024
const logDelayMs = 100

/** `ecr-anywhere webhook`: runs until SIGTERM. @throws Fault `settings` before anything is started */
export async function main(): Promise<number> {
  const { env } = process
  const settings = readSettings(settingsOf.webhook, env)
  const tenants = readTenants(await namedFile('CONFIG_FILE', settings.CONFIG_FILE), { ambientRoleArn: env.AWS_ROLE_ARN || undefined })
  const config = await awsConfig({ env, caBundle: await namedFile('AWS_CA_BUNDLE', env.AWS_CA_BUNDLE || undefined) })
  // Asynchronous, because a slow reader of the log must not delay admissions. pino writes the remaining lines when the process exits.
  const destination = pino.destination({
    sync: false,
    minLength: logBlockBytes,
    periodicFlush: logDelayMs,
    maxLength: maxUnwrittenLogBytes,
  })
  const logger: Logger = pino({ ...logOptions(settings.LOG_LEVEL), timestamp: stdTimeFunctions.isoTime }, destination)
  const attestation = attestationMode(settings)
  const clients = tenantClients(tenants, {
    config,
    env,
    clusterName: settings.CLUSTER_NAME,
    nowMs: Date.now,
    onPackedPolicySize: (tenant, percent) => logger.info({ tenant, percent }, 'session policy: percentage of the limit of AWS'),
  })
  const metrics = makeMetrics({
    version,
    attestation,
    tenants: homeRegions(clients),
    tokens: () => aws.tokenSamples(),
    startedAtMs: Date.now(),
    ready: { readiness: () => readinessNow(), ticketCounts: () => ticketCounts(tenants.keys(), files.parts().tickets) },
    refresh: settings.STATUS_DIR === undefined ? undefined : () => files.refreshStatus(),
  })
  const aws = tenantAws({ tenants, clients, settings, countCall: metrics.tokenRequest, logger })
  const files = mounted({ settings, nowMs: Date.now, logger })
  // Loaded only where it is needed, because the Kubernetes client takes memory.
  const aggregated = settings.AGGREGATED_API ? (await import('./kube/front-proxy-source.ts')).frontProxySource(logger) : undefined
  let draining = false
  const world: AdmitWorld = {
    ...aws.admissions,
    tenants,
    tickets: files.tickets,
    nowMs: Date.now,
    refreshBeforeMs: settings.REFRESH_BEFORE,
    provisioners: new Set(settings.PROVISIONERS),
  }
  const app = webhookServer({
    screen: (body, { tenantName }) => screen(body, { tenantName, tenants, tickets: files.tickets() }),
    admit: (body, asked) => admit(body, asked, world),
    syncTenant: defaultTenant,
    onAdmission: (admission, ms) => logAndCount({ logger, count: metrics.admission }, admission, ms),
    isDraining: () => draining,
    nowMs: () => performance.now(),
    logger,
    clients:
      settings.CLIENT_CA_FILE === undefined
        ? undefined
        : { names: settings.CLIENT_NAMES ?? [], authorities: () => files.clientCa()?.authorities ?? [] },
    frontProxy: aggregated?.frontProxy,
    refusesProxied: settings.REFUSE_PROXIED,
  })
  const ready = readiness([...tenants.keys()])
  const readinessNow = () => ready({ draining, ...files.parts(), frontProxy: aggregated && { problem: aggregated.problem() } }, Date.now())
  const operations = operationsServer({
    notReady: () => notReadyReason(readinessNow()),
    metrics: metrics.text,
    status: () =>
      statusOf({
        version,
        attestation,
        notAfterMs: files.pair()?.notAfterMs,
        tenants: tenants.values(),
        principals: aws.principals(),
        tokens: aws.tokens(),
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
    await aggregated?.watch()
    await listenEverywhere(app, { variable: 'PORT', port: settings.PORT })
    await listenEverywhere(operations, { variable: 'METRICS_PORT', port: settings.METRICS_PORT })
  } catch (error) {
    await shutdown.abandon()
    destination.flushSync()
    throw error
  }
  // AWS is called after the ports are open and in the background, because neither readiness nor exit may depend on AWS.
  aws.start()
  logger.info({ version, attestation, tenants: [...tenants.keys()] }, 'started')
  return 0
}
