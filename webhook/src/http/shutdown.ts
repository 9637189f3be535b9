import { setTimeout as sleep } from 'node:timers/promises'
import { sentence } from '@ecr-anywhere/shared/fault.ts'
import closeWithGrace from 'close-with-grace'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'

export interface ShutdownOptions {
  /** Closed last: probes and metrics are answered to the end. */
  operations: FastifyInstance
  app: Pick<FastifyInstance, 'close'> & { server: { closeAllConnections: () => void } }
  delayMs: number
  graceMs: number
  onDraining: () => void
  logger: FastifyBaseLogger
}

/** Time for the rest of a shutdown, which takes milliseconds: a process that hangs in it is ended. */
const marginMs = 5_000

export interface Shutdown {
  /** For a start that failed: closes what is open, and leaves the process to end by itself, with the exit code of whoever started it. */
  abandon: () => Promise<void>
}

/**
 * On SIGTERM: not ready, serve on for a while, finish what is in flight, exit 0. The API server goes on using open connections of a
 * terminating pod: https://github.com/kubernetes/kubernetes/issues/127335
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
    // A request that never ends would keep it open: Node no longer looks for those once a server closes.
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
