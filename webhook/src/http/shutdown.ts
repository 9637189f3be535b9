import { setTimeout as sleep } from 'node:timers/promises'
import { sentence } from '@ecr-anywhere/shared/fault.ts'
import closeWithGrace from 'close-with-grace'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'

export interface ShutdownOptions {
  /** Closed last, so that probes and metrics are answered during the shutdown. */
  operations: FastifyInstance
  app: { close: () => Promise<unknown> } & { server: { closeAllConnections: () => void } }
  delayMs: number
  graceMs: number
  onDraining: () => void
  logger: FastifyBaseLogger
}

/** Time for the rest of a shutdown, which normally takes milliseconds. A process that hangs longer is ended. */
const marginMs = 5_000

export interface Shutdown {
  /** For a failed start: closes both servers and removes the signal handlers. The process then exits with the code that its caller sets. */
  abandon: () => Promise<void>
}

/**
 * On SIGTERM, the webhook reports that it is not ready, serves for `delayMs`, finishes requests in flight and exits with code 0. Meanwhile
 * the API server uses open connections of the terminating pod: https://github.com/kubernetes/kubernetes/issues/127335
 */
export function shutDownOnSignal({ operations, app, delayMs, graceMs, onDraining, logger }: ShutdownOptions): Shutdown {
  const { uninstall } = closeWithGrace({ delay: delayMs + graceMs + marginMs, logger: false }, async ({ signal, err }) => {
    if (err !== undefined) logger.fatal({ error: sentence(err) }, 'unexpected')
    logger.info({ signal }, 'shutting down')
    onDraining()
    if (err === undefined) await sleep(delayMs)
    const cut = setTimeout(() => app.server.closeAllConnections(), graceMs)
    await app.close()
    clearTimeout(cut)
    // A request that never ends would keep the server open, because Node stops checking for such requests once a server closes.
    const closed = operations.close()
    operations.server.closeAllConnections()
    await closed
    logger.info('stopped')
  })
  return {
    abandon: async () => {
      uninstall()
      await Promise.allSettled([app.close(), operations.close()])
    },
  }
}
