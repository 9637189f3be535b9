import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { IssuerDocuments } from './answers.ts'
import type { Chosen } from './answers-of.ts'
import type { IdentityKind, PlatformName } from './choices.ts'
import { detectPlatform, type PlatformSigns } from './detect-platform.ts'
import { issuerFindings, platformFindings } from './findings.ts'
import type { IssuerAnswer } from './http/ask-issuer.ts'
import { whyPrivate } from './issuer-reach.ts'
import { platformOf } from './platforms.ts'
import { accountQuestion, identityQuestion, platformQuestion, type Question, regionQuestion } from './questions.ts'
import type { InitSettings } from './settings.ts'

/** What was read from the cluster, and from the address of its issuer. */
export interface Survey {
  context: string | undefined
  namespace: string | undefined
  signs: PlatformSigns | undefined
  /** The issuer that AWS has to know: that of --issuer, or of the cluster. */
  issuer: string | undefined
  /** What the address of that issuer answers from here; undefined if it was not asked. */
  answer: IssuerAnswer | undefined
  /** The documents to publish there, if it is not the issuer of the cluster yet. */
  documents: IssuerDocuments | undefined
  /** Why the cluster, or a part of it, was not read, in whole sentences. */
  unread: readonly string[]
}

/** Asks on a terminal until the answer is valid. */
export type Ask = (question: Question) => Promise<string>

/**
 * Chooses what the command line leaves open: by questions, or, without a terminal, by what the cluster shows.
 *
 * @param ask undefined if there is no terminal
 * @throws Fault `settings` if an answer is needed and cannot be asked
 */
export async function choose(
  settings: InitSettings,
  survey: Survey,
  ask: Ask | undefined,
): Promise<{ chosen: Chosen; findings: string[] }> {
  const { signs, issuer, answer, documents, context, namespace, unread } = survey
  const detected = signs === undefined ? undefined : detectPlatform(signs)
  const asked = async (question: Question) => (await ask?.(question)) ?? ''
  const account = settings.account ?? (await asked(accountQuestion))
  const region = settings.region ?? (await asked(regionQuestion))
  const offered = platformQuestion(detected)
  const platform = settings.platform ?? (((await ask?.(offered)) ?? offered.fallback ?? 'plain') as PlatformName)
  const identity = settings.identity ?? (await identityFor(issuer, platform, ask))
  const why = issuer === undefined ? undefined : whyPrivate(issuer)
  if (identity === 'web-identity' && issuer !== undefined && why !== undefined)
    throw privateIssuer('--identity web-identity with', issuer, why, platform)
  const findings = [
    ...unread,
    ...platformFindings(platform, settings.platform, { signs, detected }),
    ...(issuer === undefined ? [] : issuerFindings(issuer, { own: signs?.issuer, platform, answer })),
  ]
  return { chosen: { account, region, platform, identity, issuer, documents, context, namespace }, findings }
}

async function identityFor(issuer: string | undefined, platform: PlatformName, ask: Ask | undefined): Promise<IdentityKind> {
  const why = issuer === undefined ? undefined : whyPrivate(issuer)
  if (issuer === undefined || why === undefined) return 'web-identity'
  if (ask !== undefined) return (await ask(identityQuestion(issuer, why))) as IdentityKind
  throw privateIssuer('no --identity, and', issuer, why, platform)
}

function privateIssuer(found: string, issuer: string, why: string, platform: PlatformName): Fault {
  return new Fault('settings', {
    found: `${found} the issuer ${issuer}, which AWS cannot reach because ${why}`,
    wanted: '--issuer with a public one, or --identity keys for a user with static keys',
    todo: platformOf[platform].publish,
  })
}
