import { setTimeout as sleep } from 'node:timers/promises'
import { causeIdOf } from '@ecr-anywhere/shared/cause-id.ts'
import { sentence } from '@ecr-anywhere/shared/fault.ts'
import { inform } from '@ecr-anywhere/shared/kube/inform.ts'
import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/load-kube-config.ts'
import { kubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import { logOptions } from '@ecr-anywhere/shared/log.ts'
import { fieldManagers, labels } from '@ecr-anywhere/shared/names.ts'
import { pullSecret } from '@ecr-anywhere/shared/pull-secret.ts'
import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { version } from '@ecr-anywhere/shared/version.ts'
import { pino } from 'pino'
import { listenEverywhere } from '../http/listen.ts'
import { operationsServer } from '../http/operations.ts'
import { shutDownOnSignal } from '../http/shutdown.ts'
import { attemptOf } from './attempt.ts'
import { provisionMetrics } from './http/provision-metrics.ts'
import { concurrency, provisioner } from './provisioner.ts'
import { type Contact, countByState, provisionStatus, whyNotReady } from './status.ts'

/** How long requests in flight may take after a signal. */
const graceMs = 5_000

/** `ecr-anywhere provision`: runs until SIGTERM. @throws Fault `settings` before anything is started */
export async function main(): Promise<number> {
  const settings = readSettings(settingsOf.provision, process.env)
  const logger = pino({ ...logOptions(settings.LOG_LEVEL), timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ sync: false }))
  // One connection more, for the watch.
  const transport = await kubeTransport(loadKubeConfig(), concurrency + 1)
  const api = kubernetes(transport)
  const stopping = new AbortController()
  const contact: Contact = { isDraining: false, hasListed: false, lastMs: Date.now(), problem: undefined }
  const notReady = () => whyNotReady(contact, Date.now())

  const provisioning = provisioner({
    defaultName: settings.PULL_SECRET,
    create: async (namespace, secret) => {
      try {
        return attemptOf(await api.tryCreate(pullSecret(namespace, secret), fieldManagers.provision))
      } catch (error) {
        return { result: 'failed', cause: sentence(error), retryAfterMs: 0 }
      }
    },
    report: async ({ name, uid }, cause) => {
      const about = { kind: 'Namespace' as const, namespace: name, name, uid }
      const id = `${uid}.${causeIdOf(cause)}`
      try {
        await api.createEvent({
          component: fieldManagers.provision,
          about,
          reason: 'PullSecretNotCreated',
          message: cause,
          id,
          nowMs: Date.now(),
        })
        return true
      } catch (error) {
        logger.warn({ namespace: name, problem: sentence(error) }, 'event not written')
        return false
      }
    },
    onAttempt: ({ name: namespace, secret, state, sinceMs }, attempt) => {
      metrics.attempt(attempt.result)
      const ms = Date.now() - sinceMs
      if (attempt.result !== 'failed') logger.info({ namespace, secret, result: attempt.result, ms }, 'pull secret')
      else logger[state === 'failing' ? 'warn' : 'debug']({ namespace, secret, cause: attempt.cause, ms }, 'pull secret not created')
    },
    nowMs: Date.now,
    random: Math.random,
    after: (ms, act) => {
      const timer = setTimeout(act, ms)
      return () => clearTimeout(timer)
    },
  })
  const metrics = provisionMetrics({
    isReady: () => notReady() === undefined,
    counts: () => countByState(provisioning.namespaces()),
  })
  const operations = operationsServer({
    notReady,
    metrics: metrics.text,
    status: () => provisionStatus(provisioning.namespaces(), { version, nowMs: Date.now() }),
  })
  const shutdown = shutDownOnSignal({
    operations,
    app: {
      close: async () => {
        stopping.abort()
        await provisioning.stop()
        transport.close()
      },
      server: { closeAllConnections: transport.close },
    },
    delayMs: 0,
    graceMs,
    onDraining: () => {
      contact.isDraining = true
    },
    logger,
  })
  try {
    await listenEverywhere(operations, { variable: 'METRICS_PORT', port: settings.METRICS_PORT })
  } catch (error) {
    await shutdown.abandon()
    throw error
  }
  const handler = {
    ...provisioning,
    listed: (names: ReadonlySet<string>) => {
      provisioning.listed(names)
      contact.hasListed = true
      logger.info({ namespaces: names.size }, 'namespaces listed')
    },
    inContact: () => {
      contact.lastMs = Date.now()
      contact.problem = undefined
    },
    problem: (text: string) => {
      contact.problem = text
      logger.warn({ problem: text }, 'namespaces cannot be watched, trying again')
    },
  }
  const world = { transport, sleep, random: Math.random, signal: stopping.signal }
  void inform({ apiVersion: 'v1', kind: 'Namespace' }, { labelSelector: labels.namespace }, handler, world)
  logger.info({ version, secret: settings.PULL_SECRET }, 'started')
  return 0
}
