import type { Logger } from 'pino'
import type { Tickets } from '../admission/authenticate.ts'
import type { Parts } from '../readiness.ts'
import type { RefreshStatus } from '../refresh-status.ts'
import { type ClientCa, serveClientCa } from './client-ca.ts'
import { type ServingPair, servePair } from './serving-pair.ts'
import { serveStatusDir } from './status-dir.ts'
import { serveTickets } from './tickets.ts'
import { validityOf } from './validity.ts'

export interface MountedOptions {
  settings: {
    CERT_FILE: string
    KEY_FILE: string
    CLIENT_CA_FILE?: string | undefined
    ATTESTATION_DIR?: string | undefined
    STATUS_DIR?: string | undefined
    AGGREGATED_API?: boolean
  }
  nowMs: () => number
  logger: Pick<Logger, 'info' | 'error'>
}

export interface Mounted {
  pair: () => ServingPair | undefined
  clientCa: () => ClientCa | undefined
  /** Undefined if attestation is disabled. Empty until the tickets could be read; every review is refused until then. */
  tickets: () => Tickets | undefined
  /** What the refresher recorded. */
  refreshStatus: () => RefreshStatus
  /** The parts of readiness that depend on files. */
  parts: () => Pick<Parts, 'pair' | 'tickets' | 'clientCa'>
  /**
   * Loads all files now and whenever they change.
   *
   * @param onServing called whenever the pair or the client CA changes, but not before a required client CA is loaded
   */
  watch: (onServing: (pair: ServingPair, clientCa: ClientCa | undefined) => void) => Promise<void>
}

/** The files that kubelet mounts and replaces while the webhook runs: serving pair, client CA, tickets, and what the refresher recorded. */
export function mounted({ settings, nowMs, logger }: MountedOptions): Mounted {
  const { CERT_FILE: certFile, KEY_FILE: keyFile, CLIENT_CA_FILE: caFile, ATTESTATION_DIR: dir, STATUS_DIR: statusDir } = settings
  let pair: ServingPair | undefined
  let clientCa: ClientCa | undefined
  // An aggregated API without tickets refuses all reviews on the route that needs them.
  let tickets: Tickets | undefined = dir === undefined && !settings.AGGREGATED_API ? undefined : new Map()

  let refreshStatus: RefreshStatus = { state: 'absent' }

  async function watch(onServing: (pair: ServingPair, clientCa: ClientCa | undefined) => void): Promise<void> {
    const serve = () => {
      if (pair !== undefined && (caFile === undefined || clientCa !== undefined)) onServing(pair, clientCa)
    }
    if (caFile !== undefined) {
      await serveClientCa({
        file: caFile,
        onCa: found => {
          clientCa = found
          serve()
          logger.info({ certificates: found.authorities.length }, 'client CA loaded')
        },
        onProblem: problem => logger.error({ problem, caFile }, 'client CA cannot be used'),
      })
    }
    await servePair({
      certFile,
      keyFile,
      nowMs,
      onPair: found => {
        pair = found
        serve()
        logger.info({ notAfter: new Date(found.notAfterMs).toISOString() }, 'serving certificate loaded')
      },
      onProblem: problem => logger.error({ problem, certFile }, 'serving certificate cannot be used'),
    })
    if (statusDir !== undefined) {
      await serveStatusDir({
        dir: statusDir,
        onStatus: found => {
          refreshStatus = found
        },
        onProblem: problem => logger.error({ problem, statusDir }, 'what refresh recorded cannot be read'),
      })
    }
    if (dir === undefined) return
    await serveTickets({
      dir,
      onTickets: found => {
        tickets = found
      },
      onProblem: problem => logger.error({ problem, dir }, 'tickets cannot be read'),
    })
  }

  return {
    pair: () => pair,
    clientCa: () => clientCa,
    tickets: () => tickets,
    refreshStatus: () => refreshStatus,
    parts: () => ({
      pair,
      tickets: dir === undefined ? undefined : tickets,
      clientCa: caFile === undefined ? undefined : (clientCa?.authorities ?? []).map(validityOf),
    }),
    watch,
  }
}
