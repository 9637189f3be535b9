import { issuerWarnings } from '../trust-policy/issuer.ts'
import type { PlatformName } from './choices.ts'
import type { DetectedPlatform, PlatformSigns } from './detect-platform.ts'
import type { IssuerAnswer } from './http/ask-issuer.ts'
import { whyPrivate } from './issuer-reach.ts'
import { platformOf } from './platforms.ts'

/** How the platform was chosen, as sentences. */
export function platformFindings(
  platform: PlatformName,
  given: PlatformName | undefined,
  seen: { signs: PlatformSigns | undefined; detected: DetectedPlatform | undefined },
): string[] {
  const { signs, detected } = seen
  const { title } = platformOf[platform]
  if (signs === undefined) return []
  if (detected === undefined)
    return [`The cluster (${signs.version}) shows no platform${given === undefined ? ', so it is treated as plain Kubernetes' : ''}.`]
  if (detected.platform === platform) return [`The cluster runs on ${title}: ${detected.why}.`]
  return [
    `The cluster looks like ${platformOf[detected.platform].title}, because ${detected.why}, and the files are for ${title}. Is it the right context?`,
  ]
}

/** What is known of an issuer. */
export interface IssuerSigns {
  /** The issuer of the cluster; undefined if it was not read. */
  own: string | undefined
  platform: PlatformName
  /** What the address of the issuer answers from here; undefined if it was not asked. */
  answer: IssuerAnswer | undefined
}

/** What the issuer means for AWS, as sentences. */
export function issuerFindings(issuer: string, { own, platform, answer }: IssuerSigns): string[] {
  const why = whyPrivate(issuer)
  if (why !== undefined) {
    return [
      `The issuer of the cluster is ${issuer}. AWS cannot read its keys, because ${why}.`,
      platformOf[platform].publish,
      'With a CA of your own, IAM Roles Anywhere also works: see docs/identity/roles-anywhere.md.',
    ]
  }
  // That of the cluster is the claim `iss` of its tokens, with whatever it ends.
  const warnings = own === issuer ? [] : issuerWarnings(issuer.replace(/^https:\/\//, ''))
  return [addressFinding(issuer, { own, answer }), ...warnings]
}

function addressFinding(issuer: string, { own, answer }: Pick<IssuerSigns, 'own' | 'answer'>): string {
  const found = own === undefined ? `The issuer is ${issuer}` : `The issuer of the cluster is ${own}`
  if (own !== undefined && own !== issuer)
    return `${found}. AWS will know ${issuer} instead, once its documents are published and the API servers use it.`
  if (answer === undefined) return `${found}.`
  if ('why' in answer)
    return `${found}. From here, it does not answer as AWS needs it (${answer.why}). AWS must be able to read its documents.`
  if (answer.issuer !== issuer)
    return `${found}. The document at this address names another issuer, ${answer.issuer}, so AWS will refuse the tokens.`
  return `${found}. Its document can be read from here, so AWS can most likely read it as well.`
}
