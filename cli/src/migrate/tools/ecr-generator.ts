import { awsRegionPattern, roleArnPattern } from '@ecr-anywhere/shared/name-patterns.ts'
import * as z from 'zod'
import { accountRole, type Identity, isReference, type Keys } from '../identity.ts'
import { type Input, type InputObject, titleOf } from '../input/input.ts'
import type { Problem } from '../problem.ts'
import { shown } from '../shown.ts'

const key = z.object({ name: z.string(), key: z.string(), namespace: z.string().nullish() })
const spec = z.object({
  region: z.string(),
  role: z.string().nullish(),
  scope: z.string().nullish(),
  auth: z
    .object({
      secretRef: z.object({ accessKeyIDSecretRef: key, secretAccessKeySecretRef: key, sessionTokenSecretRef: key.nullish() }).nullish(),
      jwt: z.object({ serviceAccountRef: z.object({ name: z.string(), audiences: z.array(z.string()).nullish() }) }).nullish(),
    })
    .nullish(),
})

/** A generator of ECR tokens: https://external-secrets.io/latest/api/generator/ecr/ */
export interface EcrGenerator {
  object: InputObject
  identity: Identity & { region: string }
  isPublic: boolean
  problems: readonly Problem[]
}

/** @returns undefined if the object is another generator; a problem if it cannot be read */
export function ecrGeneratorOf(object: InputObject, input: Input): EcrGenerator | Problem | undefined {
  const own = specOf(object)
  if (own === undefined) return undefined
  const read = spec.safeParse(own)
  if (!read.success || !awsRegionPattern.test(read.data.region)) {
    return {
      what: titleOf(object),
      found: 'a spec without a valid region, or with fields of another type',
      wanted: 'an ECRAuthorizationToken',
    }
  }
  const { region, role, scope, auth } = read.data
  const jwt = auth?.jwt?.serviceAccountRef
  const account = jwt && accountRole(input, object.namespace, jwt.name)
  const audience = account?.audience ?? jwt?.audiences?.[0] ?? 'sts.amazonaws.com'
  const roleArn = account?.roleArn ?? role ?? undefined
  return {
    object,
    isPublic: scope === 'public',
    identity: {
      region,
      ...(roleArn !== undefined && roleArnPattern.test(roleArn) && { roleArn }),
      ...(jwt && { webIdentityAudience: audience }),
      ...(auth?.secretRef && { keys: keysOf(auth.secretRef, object) }),
    },
    problems: [
      ...(jwt && account === undefined ? [noAccount(object, jwt.name)] : []),
      ...(account !== undefined && role ? [chained(object)] : []),
      ...(roleArn === undefined || roleArnPattern.test(roleArn)
        ? []
        : [{ what: `${titleOf(object)}: spec.role`, found: shown(roleArn), wanted: 'the ARN of a role' }]),
    ],
  }
}

function specOf({ kind, body }: InputObject): unknown {
  if (kind === 'ECRAuthorizationToken') return body.spec ?? {}
  const { generator } = (body.spec ?? {}) as { generator?: { ecrAuthorizationTokenSpec?: unknown } }
  return kind === 'ClusterGenerator' ? generator?.ecrAuthorizationTokenSpec : undefined
}

function keysOf(
  { accessKeyIDSecretRef: id, secretAccessKeySecretRef: secret, sessionTokenSecretRef: token }: SecretRef,
  object: InputObject,
): Keys {
  if (id.name !== secret.name || !isReference(id) || !isReference(secret)) return { in: 'text', title: titleOf(object) }
  const namespace = id.namespace ?? object.namespace
  const sessionToken = token && token.name === id.name && isReference(token) ? { sessionToken: token.key } : {}
  return { in: 'Secret', namespace, name: id.name, accessKeyId: id.key, secretAccessKey: secret.key, ...sessionToken }
}

type SecretRef = NonNullable<NonNullable<z.output<typeof spec>['auth']>['secretRef']>

function noAccount(object: InputObject, name: string): Problem {
  const what = `${titleOf(object)}: spec.auth.jwt`
  return {
    what,
    found: `the ServiceAccount ${shown(name)} without an annotation eks.amazonaws.com/role-arn in the input`,
    wanted: 'its role, for the value aws.roleArn',
  }
}

function chained(object: InputObject): Problem {
  const wanted =
    'a decision: the role of the service account is printed. To assume the other role from it, add a tenant with both (`webIdentity` and `roleArn`)'
  return { what: `${titleOf(object)}: spec.role`, found: 'a role beside the role of a service account', wanted }
}
