import type { AwsConfig } from '@ecr-anywhere/shared/aws/aws-config.ts'
import { ecrTokens } from '@ecr-anywhere/shared/aws/ecr.ts'
import type { Sessions } from '@ecr-anywhere/shared/aws/sessions.ts'
import { webIdentity } from '@ecr-anywhere/shared/aws/web-identity.ts'
import { decodeClaims } from '@ecr-anywhere/shared/claims.ts'
import { regionFor } from '@ecr-anywhere/shared/partition.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'
import { exchangeRefusal } from '@ecr-anywhere/shared/web-identity-refusal.ts'
import type { AwsSource } from '../target.ts'

/** The name of the session in CloudTrail. */
export const sessionName = 'ecr-anywhere-gcp-sync'
/** The name of this program in messages. */
const caller = 'gcp-sync'

export interface PasswordsOptions {
  config: AwsConfig
  /** Returns a token for AssumeRoleWithWebIdentity. @throws Fault */
  identityToken: () => Promise<string>
  nowMs: () => number
}

/**
 * Creates the function that requests ECR passwords. It calls STS once for each role, and ECR once for each role and region, however many
 * repositories need the password. A failure is remembered as well: the next run tries again.
 *
 * @returns a function that returns the password, or throws Fault `transient`
 */
export function passwords({ config, identityToken, nowMs }: PasswordsOptions): (source: AwsSource) => Promise<Token> {
  const sessions = new Map<string, Sessions>()
  const requested = new Map<string, Promise<Token>>()

  function sessionsFor({ roleArn, region }: AwsSource): Sessions {
    const known = sessions.get(roleArn)
    if (known !== undefined) return known
    const stsRegion = regionFor(roleArn, region)
    const assumed = webIdentity({
      config: { ...config, region: stsRegion },
      call: { caller, roleArn },
      sessionName,
      identityToken,
      refusal: (error, token) => {
        const claims = decodeClaims(token) ?? { aud: [] }
        return exchangeRefusal(error, { roleArn, region: stsRegion, durationSeconds: undefined, claims, nowMs: nowMs() })
      },
    })
    sessions.set(roleArn, assumed)
    return assumed
  }

  return source => {
    const { roleArn, region } = source
    const id = `${roleArn} ${region}`
    const known = requested.get(id)
    if (known !== undefined) return known
    const token = ecrTokens({ config, caller, roleArn, sessions: sessionsFor(source), nowMs })
    const password = token({ kind: 'private', region, fips: false, dualStack: false })
    requested.set(id, password)
    return password
  }
}
