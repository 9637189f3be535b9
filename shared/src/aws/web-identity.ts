import { fromWebToken } from '@aws-sdk/credential-providers'
import type { AwsConfig } from './aws-config.ts'
import { type AwsCall, webIdentityAction } from './aws-fault.ts'
import { cachedCredentials } from './cached-credentials.ts'
import { type Sessions, sessionsOf } from './sessions.ts'

export interface WebIdentityOptions {
  config: Pick<AwsConfig, 'region' | 'requestHandler'>
  /** The role and, for messages, who assumes it. */
  call: Omit<AwsCall, 'action' | 'region'>
  sessionName: string
  /** Returns the identity token. It is called again for each session. @throws Fault */
  identityToken: () => Promise<string>
}

/** Credentials of a role that is assumed with an identity token: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
export function webIdentity({ config, call, sessionName, identityToken }: WebIdentityOptions): Sessions {
  const { region, requestHandler } = config
  const load = async () =>
    fromWebToken({
      roleArn: call.roleArn ?? '',
      roleSessionName: sessionName,
      webIdentityToken: await identityToken(),
      clientConfig: { region, requestHandler },
    })()
  return sessionsOf(cachedCredentials({ ...call, action: webIdentityAction, region }, load))
}
