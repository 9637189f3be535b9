import { type Environment, readVariable } from './input/environment.ts'
import { type Input, ofKind } from './input/input.ts'
import { dataKey, dnsSubdomain } from './names.ts'
import type { Problem } from './problem.ts'
import { shown } from './shown.ts'

/** Static keys of an AWS user. They are named, and never shown. */
export type Keys =
  | { in: 'Secret'; namespace: string; name: string; accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  /** Written into the object itself. */
  | { in: 'text'; title: string }

/** The AWS identity of a tool, as far as its configuration shows it. */
export interface Identity {
  region?: string
  roleArn?: string
  /** The audience of the token with which the role is assumed; undefined if it is assumed otherwise. */
  webIdentityAudience?: string
  keys?: Keys
}

/** The default of AWS's SDKs, and of the pod identity webhook of EKS. */
const defaultAudience = 'sts.amazonaws.com'
const region = /^[a-z]{2,6}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/
export const roleArnPattern = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/

/**
 * Reads the identity from the variables of the AWS SDK, and from the annotations of the service account.
 * https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
 * https://github.com/aws/amazon-eks-pod-identity-webhook#eks-walkthrough
 *
 * @param audience of service account tokens, if no annotation says otherwise
 */
export function identityOf(
  env: Environment,
  { input, serviceAccount, audience = defaultAudience }: { input: Input; serviceAccount: string | undefined; audience?: string },
): { identity: Identity; problems: Problem[] } {
  const account = accountRole(input, env.namespace, serviceAccount)
  const regionRead = ['AWS_REGION', 'AWS_DEFAULT_REGION'].map(name => readVariable(env, name, 'an AWS region'))
  const roleRead = readVariable(env, 'AWS_ROLE_ARN', 'the ARN of a role')
  const roleArn = account?.roleArn ?? roleRead.value
  const isWebIdentity = account !== undefined || env.variables.has('AWS_WEB_IDENTITY_TOKEN_FILE')
  const identity: Identity = {
    ...checked('region', regionRead.find(({ value }) => value !== undefined)?.value, region),
    ...checked('roleArn', roleArn, roleArnPattern),
    ...(isWebIdentity && { webIdentityAudience: account?.audience ?? audience }),
    ...keysOf(env),
  }
  return {
    identity,
    problems: [
      ...regionRead.flatMap(({ problems }) => problems).slice(0, identity.region === undefined ? 1 : 0),
      ...(env.unread.length === 0 ? roleRead.problems : []),
      ...invalid(`${env.title}: AWS_REGION`, regionRead[0]?.value, region, 'an AWS region, such as us-east-1'),
      ...invalid(`${env.title}: the role`, roleArn, roleArnPattern, 'the ARN of a role, arn:aws:iam::<12 digits>:role/<name>'),
    ],
  }
}

/** The role in the annotation of a service account of the input; undefined if there is none. */
export function accountRole(input: Input, namespace: string, name: string | undefined): { roleArn: string; audience?: string } | undefined {
  const account = ofKind(input, 'ServiceAccount').find(object => object.namespace === namespace && object.name === name)
  const { 'eks.amazonaws.com/role-arn': roleArn, 'eks.amazonaws.com/audience': audience } = account?.annotations ?? {}
  return roleArn === undefined ? undefined : { roleArn, ...(audience !== undefined && { audience }) }
}

function keysOf({ title, namespace, variables }: Environment): { keys?: Keys } {
  const [id, secret, token] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].map(name => variables.get(name))
  if (id?.in === 'Secret' && secret?.in === 'Secret' && id.name === secret.name && isReference(id) && isReference(secret)) {
    const sessionToken = token?.in === 'Secret' && token.name === id.name && isReference(token) ? { sessionToken: token.key } : {}
    return { keys: { in: 'Secret', namespace, name: id.name, accessKeyId: id.key, secretAccessKey: secret.key, ...sessionToken } }
  }
  return secret === undefined ? {} : { keys: { in: 'text', title } }
}

/** Names and keys are put into a command. https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data */
export function isReference({ name, key }: { name: string; key: string }): boolean {
  return dnsSubdomain.test(name) && dataKey.test(key)
}

function checked<K extends string>(key: K, value: string | undefined, pattern: RegExp): { [name in K]?: string } {
  return (value !== undefined && pattern.test(value) ? { [key]: value } : {}) as { [name in K]?: string }
}

export function invalid(what: string, value: string | undefined, pattern: RegExp, wanted: string): Problem[] {
  return value === undefined || pattern.test(value) ? [] : [{ what, found: shown(value), wanted }]
}
