import { type Account, accountProblems, type Form, formProblems, literalForm } from './input-problems.ts'
import type { Statement } from './policy.ts'
import { refuse } from './refuse.ts'

export interface RolesAnywhereIdentity {
  /** The ARN of the trust anchor, which is a certificate authority that AWS trusts for this account. */
  trustAnchorArn: string
  /** The common name in the subject of the client's certificate. */
  commonName: string
}

/**
 * Trusts the holder of a certificate that the certificate authority of one trust anchor issued for one common name. Without the condition on
 * the trust anchor, any other trust anchor of the account could issue the same name.
 * https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
 *
 * @param account the account of the role
 * @throws Fault `settings` for every invalid value at once
 */
export function rolesAnywhereTrust(account: Account, { trustAnchorArn, commonName }: RolesAnywhereIdentity): Statement {
  refuse([...accountProblems(account), ...anchorProblems(account, trustAnchorArn), ...formProblems('commonName', commonName, literalForm)])
  return {
    Effect: 'Allow',
    Principal: { Service: 'rolesanywhere.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
    Condition: {
      StringEquals: { 'aws:PrincipalTag/x509Subject/CN': commonName },
      ArnEquals: { 'aws:SourceArn': trustAnchorArn },
    },
  }
}

const anchorForm: Form = {
  pattern: /^arn:aws[a-z-]*:rolesanywhere:[a-z]{2,}[a-z0-9-]*-\d+:\d{12}:trust-anchor\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  wanted: 'the ARN of a trust anchor, such as arn:aws:rolesanywhere:us-east-1:111122223333:trust-anchor/<UUID>',
}

/** A trust anchor is in the account of the role. */
function anchorProblems({ partition, account }: Account, arn: string): string[] {
  const problems = formProblems('trustAnchorArn', arn, anchorForm)
  const [, ofArn, , , accountOfArn] = arn.split(':')
  if (problems.length > 0 || (ofArn === partition && accountOfArn === account)) return problems
  return [
    `trustAnchorArn: found ${arn}, wanted a trust anchor in the account ${account} of the partition ${partition}, in which the role is`,
  ]
}
