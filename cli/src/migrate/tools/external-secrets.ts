import { ownRegistryHost, partitionOfArn } from '@ecr-anywhere/shared/partition.ts'
import { identityValues } from '../identity-values.ts'
import { type Input, type InputObject, ofKind, titleOf } from '../input/input.ts'
import { joined } from '../joined.ts'
import { emptyMove, type Move, type OwnedSecret, type Step } from '../move.ts'
import type { Problem } from '../problem.ts'
import { command } from '../shell.ts'
import { shown } from '../shown.ts'
import { accounts, type Tool } from '../tool.ts'
import { type EcrGenerator, ecrGeneratorOf } from './ecr-generator.ts'
import { type ExternalSecret, externalSecretOf } from './external-secret.ts'

const argoLabel = 'argocd.argoproj.io/secret-type'
const supportedTypes = ['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg', 'kubernetes.io/basic-auth']
/** By them External Secrets recognizes its Secrets. If they stay, a later ExternalSecret of the same name deletes the Secret. */
const dropLabels = ['reconcile.external-secrets.io/managed', 'reconcile.external-secrets.io/created-by']
const dropAnnotations = ['reconcile.external-secrets.io/data-hash']
const generators = 'generators.external-secrets.io/v1alpha1'
const core = ['external-secrets.io/v1', 'external-secrets.io/v1beta1']

/**
 * External Secrets: an ExternalSecret with a generator of ECR tokens. When the data of its Secret is not what it wrote last, the operator
 * writes it again with a new token. A Secret that is labelled before the ExternalSecret is deleted is therefore written by both without an
 * end. When the ExternalSecret is deleted, the garbage collector deletes the Secret, unless it is orphaned, and with `deletionPolicy: Delete`
 * the operator does so, too: https://github.com/external-secrets/external-secrets/blob/main/pkg/controllers/externalsecret/externalsecret_controller.go
 * and https://external-secrets.io/latest/guides/ownership-deletion-policy/
 */
export const externalSecrets: Tool = {
  name: 'external-secrets',
  wanted: [
    { kind: 'ExternalSecret', apiVersions: core },
    { kind: 'ClusterExternalSecret', apiVersions: core },
    { kind: 'ECRAuthorizationToken', apiVersions: [generators] },
    { kind: 'ClusterGenerator', apiVersions: [generators] },
    accounts,
  ],
  move(input) {
    const read = ofKind(input, 'ECRAuthorizationToken', 'ClusterGenerator').flatMap(object => ecrGeneratorOf(object, input) ?? [])
    const known = read.filter(one => 'object' in one)
    const used = ofKind(input, 'ExternalSecret').flatMap(object => externalSecretOf(object) ?? [])
    const unreadable = ofKind(input, 'ExternalSecret').filter(object => usesGenerator(object) && externalSecretOf(object) === undefined)
    return joined([
      ...known.map(({ identity, problems }) => ({ ...emptyMove, ...withoutRegion(identity, known[0]), problems })),
      ...used.map(one => moveOf(one, known)),
      {
        ...emptyMove,
        steps: known.map(({ object }) => remove(object)),
        problems: [...read.filter(one => 'found' in one), ...unreadable.map(unreadableProblem), ...clusterProblems(input)],
      },
    ])
  },
}

/** The region of the first generator is the value. Secrets of other regions have the annotation. */
function withoutRegion(identity: EcrGenerator['identity'], first: EcrGenerator | undefined) {
  return identityValues({ ...identity, region: first?.identity.region ?? identity.region })
}

function moveOf(external: ExternalSecret, known: readonly EcrGenerator[]): Move {
  const { object, secretName, generators: references } = external
  const title = titleOf(object)
  const generator = known.find(({ object: { kind, name, namespace } }) =>
    references.some(one => one.kind === kind && one.name === name && (kind === 'ClusterGenerator' || namespace === object.namespace)),
  )
  const refused = whyNot(external)
  const isMissing = generator === undefined && references.some(({ kind }) => kind === 'ECRAuthorizationToken')
  if (generator === undefined && !isMissing) return emptyMove
  if (refused !== undefined) return { ...emptyMove, problems: [{ what: title, ...refused }] }
  const registries = generator === undefined ? { problems: [missing(title, references)] } : registriesOf(title, generator, known[0])
  const secret: OwnedSecret = {
    namespace: object.namespace,
    name: secretName,
    ...(registries.hosts !== undefined && !(argoLabel in external.labels) && { registries: registries.hosts }),
    dropLabels,
    dropAnnotations,
  }
  return { ...emptyMove, secrets: [secret], steps: stopSteps(external), problems: registries.problems }
}

/** Why a Secret cannot be taken over as it is. */
function whyNot({ type, labels, isImmutable, isMixed }: ExternalSecret): Omit<Problem, 'what'> | undefined {
  if (isMixed) return { found: 'a Secret that has data of other sources as well', wanted: 'a Secret for ECR alone. Split it before' }
  if (isImmutable) return { found: 'an immutable Secret', wanted: 'a Secret that can be changed. Create a new one for ECR Anywhere' }
  if (argoLabel in labels || supportedTypes.includes(type ?? '')) return undefined
  const wanted = `${supportedTypes.join(', ')}, or a repository of Argo CD. Create a new Secret for ECR Anywhere, and let its consumers use that`
  return { found: `a Secret of type ${shown(type ?? 'Opaque')}`, wanted }
}

/** The hosts for the annotation; none if the registry is the one that a Secret without the annotation is for. */
function registriesOf(
  title: string,
  { identity, isPublic }: EcrGenerator,
  first: EcrGenerator | undefined,
): { hosts?: string[]; problems: Problem[] } {
  if (isPublic) return { hosts: ['public.ecr.aws'], problems: [] }
  if (identity.region === first?.identity.region) return { problems: [] }
  const { roleArn, region } = identity
  const account = /:iam::(\d{12}):/.exec(roleArn ?? '')?.[1]
  if (account !== undefined)
    return { hosts: [ownRegistryHost({ account, region, partition: partitionOfArn(roleArn) ?? 'aws' })], problems: [] }
  return {
    problems: [
      {
        what: title,
        found: `a generator of ${region}, whose account is not known`,
        wanted: 'its registry in the annotation ecr-anywhere.centml.ai/registries',
      },
    ],
  }
}

function stopSteps({ object: { namespace, name }, deletionPolicy }: ExternalSecret): Step[] {
  const stop = (why: string, ...words: string[]): Step => ({ phase: 'stop', command: command('kubectl', ...words), why })
  const retain = '{"spec":{"target":{"deletionPolicy":"Retain"}}}'
  return [
    ...(deletionPolicy === 'Delete'
      ? [
          stop(
            'With deletionPolicy Delete the operator would delete the Secret.',
            'patch',
            'externalsecret',
            name,
            '-n',
            namespace,
            '--type=merge',
            '-p',
            retain,
          ),
        ]
      : []),
    stop(
      'The operator stops writing. With --cascade=orphan the Secret stays.',
      'delete',
      'externalsecret',
      name,
      '-n',
      namespace,
      '--cascade=orphan',
    ),
  ]
}

function remove({ kind, namespace, name }: InputObject): Step {
  const resource = kind === 'ClusterGenerator' ? 'clustergenerators' : 'ecrauthorizationtokens'
  const words = ['delete', `${resource}.generators.external-secrets.io`, name, ...(namespace === '' ? [] : ['-n', namespace])]
  return { phase: 'remove', command: command('kubectl', ...words), why: 'No ExternalSecret of this move uses the generator any more.' }
}

/** Also in what cannot be read. */
function usesGenerator({ body }: InputObject): boolean {
  return (JSON.stringify(body.spec) ?? '').includes('"ECRAuthorizationToken"')
}

function unreadableProblem(object: InputObject): Problem {
  return { what: titleOf(object), found: 'fields of another type', wanted: 'an ExternalSecret of external-secrets.io/v1 or v1beta1' }
}

function clusterProblems(input: Input): Problem[] {
  const created = ofKind(input, 'ExternalSecret').filter(({ owners }) => owners.some(owner => owner.startsWith('ClusterExternalSecret/')))
  const wanted = 'a decision: it creates its ExternalSecrets again, so delete it first, with --cascade=orphan'
  return [...ofKind(input, 'ClusterExternalSecret').filter(usesGenerator), ...created].map(object => ({
    what: titleOf(object),
    found:
      object.kind === 'ExternalSecret'
        ? `the owner ${shown(object.owners.join())}`
        : 'an object that creates ExternalSecrets with a generator of ECR',
    wanted,
  }))
}

function missing(title: string, references: ExternalSecret['generators']): Problem {
  return {
    what: title,
    found: `no generator ${shown(references[0]?.name ?? '')} in the input`,
    wanted: 'the ECRAuthorizationToken, for its region and identity',
  }
}
