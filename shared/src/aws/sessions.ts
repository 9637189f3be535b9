import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types'
import { type AwsCall, awsFault, refusesCredentials } from './aws-fault.ts'

export interface Use {
  call: AwsCall
  /** A name of the endpoint whose success is a witness for the session. Without it success says nothing. */
  witness?: string
  /** A session with less than this left is renewed first, if that is possible. */
  minLeftMs?: number
}

/** One identity's credentials, shared by all calls that are made with them. */
export interface Sessions {
  /** Does work with the present credentials. @throws Fault `transient` */
  use: <T>(about: Use, work: (credentials: AwsCredentialIdentity) => Promise<T>) => Promise<T>
}

/** An endpoint that has accepted a session. */
interface Witness {
  call: AwsCall
  /** The last session that it accepted, and when; the last that it refused. */
  accepted: string
  atMs: number
  refused?: string
  again: (credentials: AwsCredentialIdentity) => Promise<unknown>
}

/** So long an acceptance counts without being asked for again. */
export const trustMs = 5 * 60_000

/**
 * Credentials that are renewed when AWS calls them expired or unknown, unless another endpoint accepts them: a region of another partition,
 * or one that the account has not enabled, refuses every session in the same words. An endpoint that accepted an earlier session, or this
 * one a while ago, is asked again before this one is given up. Of what ECR refuses, STS is no witness.
 * https://docs.aws.amazon.com/general/latest/gr/rande-manage.html
 *
 * @param provider with `forceRefresh` it gives other credentials than those that it holds, if there are any
 */
export function sessionsOf(provider: AwsCredentialIdentityProvider, nowMs: () => number = Date.now): Sessions {
  /** By endpoint, the one that accepted last at the end. */
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
        // Whatever else went wrong says nothing of the session.
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
