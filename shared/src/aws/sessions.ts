import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types'
import { type AwsCall, awsFault, refusesCredentials } from './aws-fault.ts'

export interface Use {
  call: AwsCall
  /** The name of the endpoint, if its success shows that AWS accepts the session. */
  witness?: string
  /** A session that expires sooner than this is renewed first, if possible. */
  minLeftMs?: number
}

/** The credentials of one identity, shared by all its calls. */
export interface Sessions {
  /** Runs `work` with the current credentials. @throws Fault `transient` */
  use: <T>(about: Use, work: (credentials: AwsCredentialIdentity) => Promise<T>) => Promise<T>
}

/** An endpoint that has accepted a session. */
interface Witness {
  call: AwsCall
  /** The access key ID of the last accepted session, when it was accepted, and the one of the last refused session. */
  accepted: string
  atMs: number
  refused?: string
  again: (credentials: AwsCredentialIdentity) => Promise<unknown>
}

/** How long an acceptance counts without another call. */
export const trustMs = 5 * 60_000

/**
 * Credentials that are renewed when AWS reports them as expired or unknown, unless another endpoint accepts them: a region of another
 * partition, or one that is not enabled in the account, refuses every session with the same codes. Before a session is discarded, endpoints
 * that accepted an earlier session, or this one some time ago, are called again. For a refusal by ECR, an acceptance by STS does not count.
 * https://docs.aws.amazon.com/general/latest/gr/rande-manage.html
 *
 * @param provider with `forceRefresh` it returns other credentials than the cached ones, if there are any
 */
export function sessionsOf(provider: AwsCredentialIdentityProvider, nowMs: () => number = Date.now): Sessions {
  /** By endpoint, in the order of the last acceptance. */
  const witnesses = new Map<string, Witness>()
  const judged = new Set<string>()
  let discarded: string | undefined

  async function present(minLeftMs: number | undefined): Promise<AwsCredentialIdentity> {
    const found = await provider(minLeftMs === undefined ? {} : { minLeftMs })
    return found.accessKeyId === discarded ? provider({ forceRefresh: true }) : found
  }

  function accepted(by: string, witness: Witness): void {
    witnesses.delete(by)
    witnesses.set(by, witness)
    if (witness.accepted === discarded) discarded = undefined
  }

  async function judge(session: AwsCredentialIdentity, refusedBy: AwsCall): Promise<void> {
    const { accessKeyId } = session
    if (judged.has(accessKeyId)) return
    judged.add(accessKeyId)
    if (!(await isAccepted(session, refusedBy))) discarded = accessKeyId
    judged.delete(accessKeyId)
  }

  async function isAccepted(session: AwsCredentialIdentity, refusedBy: AwsCall): Promise<boolean> {
    const { accessKeyId } = session
    const next = () => [...witnesses].findLast(([, { call, refused }]) => refused !== accessKeyId && (isSts(refusedBy) || !isSts(call)))
    for (let last = next(); last !== undefined; last = next()) {
      const [by, witness] = last
      if (witness.accepted === accessKeyId && nowMs() - witness.atMs < trustMs) return true
      try {
        await witness.again(session)
        accepted(by, { ...witness, accepted: accessKeyId, atMs: nowMs() })
        return true
      } catch (error) {
        // Any other error does not show that the session is invalid.
        if (!refusesCredentials(error)) return true
        witness.refused = accessKeyId
      }
    }
    return false
  }

  return {
    use: async ({ call, witness, minLeftMs }, work) => {
      const attempt = async (credentials: AwsCredentialIdentity) => {
        try {
          return await work(credentials)
        } catch (error) {
          throw awsFault(error, call)
        }
      }
      const session = await present(minLeftMs)
      const { accessKeyId } = session
      try {
        const done = await attempt(session)
        if (witness !== undefined) accepted(witness, { call, accepted: accessKeyId, atMs: nowMs(), again: attempt })
        return done
      } catch (error) {
        if (refusesCredentials(error)) {
          const known = witnesses.get(witness ?? '')
          if (known !== undefined) known.refused = accessKeyId
          void judge(session, call)
        }
        throw error
      }
    },
  }
}

function isSts({ action }: AwsCall): boolean {
  return action.startsWith('sts:')
}
