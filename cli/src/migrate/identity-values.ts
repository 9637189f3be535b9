import type { Identity, Keys } from './identity.ts'
import type { Move, Step } from './move.ts'
import { releaseNamespace, subject } from './release.ts'
import { command, quoted } from './shell.ts'

/** The Secret for keys that are not in one yet. */
const newSecret = 'ecr-anywhere-aws'

/** The values for an identity, the commands that prepare it, and what has to be changed in AWS. */
export function identityValues(identity: Identity): Pick<Move, 'values' | 'steps' | 'notes'> {
  const { region, roleArn, webIdentityAudience: audience } = identity
  const isWebIdentity = audience !== undefined && roleArn !== undefined
  // The chart refuses both, because the SDK would prefer the keys.
  const keys = isWebIdentity ? undefined : identity.keys
  const aws = {
    ...(region !== undefined && { region }),
    ...(roleArn !== undefined && { roleArn }),
    ...(isWebIdentity && { webIdentity: { enabled: true, ...(audience !== 'sts.amazonaws.com' && { audience }) } }),
    ...(keys !== undefined && { existingSecret: existingSecret(keys) }),
  }
  return { values: Object.keys(aws).length === 0 ? {} : { aws }, steps: keySteps(keys), notes: identityNotes(identity, keys) }
}

function existingSecret(keys: Keys) {
  if (keys.in === 'text') return { name: newSecret }
  const { name, accessKeyId, secretAccessKey, sessionToken } = keys
  return {
    name,
    ...(accessKeyId !== 'AWS_ACCESS_KEY_ID' && { accessKeyIdKey: accessKeyId }),
    ...(secretAccessKey !== 'AWS_SECRET_ACCESS_KEY' && { secretAccessKeyKey: secretAccessKey }),
    ...(sessionToken !== undefined && { sessionTokenKey: sessionToken }),
  }
}

function keySteps(keys: Keys | undefined): Step[] {
  if (keys === undefined || (keys.in === 'Secret' && keys.namespace === releaseNamespace)) return []
  const namespace: Step = {
    phase: 'prepare',
    command: `kubectl create namespace ${releaseNamespace} --dry-run=client -o yaml | kubectl apply -f -`,
    why: 'The Secret with the AWS keys must be in the namespace of the release.',
  }
  if (keys.in === 'text') {
    const create = command('kubectl', 'create', 'secret', 'generic', newSecret, '-n', releaseNamespace, '--from-env-file=aws-keys.env')
    const why = `Write the file aws-keys.env before, with the lines AWS_ACCESS_KEY_ID=… and AWS_SECRET_ACCESS_KEY=… from ${keys.title}, and delete it afterwards.`
    return [namespace, { phase: 'prepare', command: create, why }]
  }
  const copied = [...new Set([keys.accessKeyId, keys.secretAccessKey, ...(keys.sessionToken === undefined ? [] : [keys.sessionToken])])]
  const data = copied.map(key => `"${key}":"{{index .data "${key}"}}"`).join(',')
  const template = `go-template={"apiVersion":"v1","kind":"Secret","metadata":{"name":"${keys.name}","namespace":"${releaseNamespace}"},"data":{${data}}}`
  const copy = `${command('kubectl', 'get', 'secret', keys.name, '-n', keys.namespace, '-o')} ${quoted(template)} | kubectl create -f -`
  return [namespace, { phase: 'prepare', command: copy, why: 'This copies the AWS keys into that namespace without showing them.' }]
}

function identityNotes({ roleArn, webIdentityAudience: audience, keys: found }: Identity, keys: Keys | undefined): string[] {
  const place =
    found?.in === 'Secret' ? `${found.accessKeyId} and ${found.secretAccessKey} of Secret ${found.namespace}/${found.name}` : found?.title
  if (audience !== undefined && roleArn !== undefined) {
    return [
      `Before you install, let the trust policy of ${roleArn} also allow the subject ${subject} with the audience ${audience}. Keep the old subject until the move is over.`,
      ...(found === undefined ? [] : [`The static AWS keys (${place}) are not used any more, because the role is assumed with a token.`]),
    ]
  }
  if (keys === undefined) {
    return roleArn === undefined
      ? [
          'No AWS identity was found in the configuration, so the old tool uses that of its node or its environment. Give ECR Anywhere one of its own, see the values `aws.*` of the chart.',
        ]
      : [`Nothing shows with which identity ${roleArn} is assumed. Give ECR Anywhere one, see the values \`aws.*\` of the chart.`]
  }
  return [
    `The old tool uses static AWS keys: ${place}. They do not expire. If the service account issuer of the cluster can be an IAM OIDC provider, use aws.webIdentity instead.`,
    ...(roleArn === undefined ? [] : [`ECR Anywhere assumes ${roleArn} with these keys, so their user needs sts:AssumeRole for it.`]),
  ]
}
