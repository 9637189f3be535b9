import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import type { Secret } from '../admission/review.ts'
import { argoLabel, argoRepoCreds, argoRepository } from './argocd.ts'
import { basicAuth } from './basic-auth.ts'
import { dockerCfg } from './dockercfg.ts'
import { dockerConfigJson } from './dockerconfigjson.ts'
import type { SecretKind } from './secret-kind.ts'

/** The kinds that are recognized by the type of the Secret. */
const typed: readonly SecretKind[] = [dockerConfigJson, dockerCfg, basicAuth]
/** The kinds that are recognized by the value of Argo CD's label. */
const labelled: ReadonlyMap<string, SecretKind> = new Map([
  ['repository', argoRepository],
  ['repo-creds', argoRepoCreds],
])

/** Types that a message may quote. Others are arbitrary input. https://kubernetes.io/docs/concepts/configuration/secret/#secret-types */
const known = ['Opaque', ...['tls', 'ssh-auth', 'service-account-token'].map(name => `kubernetes.io/${name}`), 'helm.sh/release.v1']

/**
 * Argo CD reads `url`, `username` and `password` of every Secret with its label, whatever the type. A `basic-auth` Secret with that label
 * is therefore treated as one of Argo CD's: otherwise the injected credentials would be sent to any host in `url`.
 *
 * @throws Fault `input` if this kind of Secret is not supported
 */
export function kindOf({ type, metadata }: Secret): SecretKind {
  const byType = typed.find(({ name }) => name === type)
  const value = Object.hasOwn(metadata.labels, argoLabel) ? metadata.labels[argoLabel] : undefined
  const found = value === undefined || byType?.single === false ? byType : labelled.get(value)
  if (found !== undefined) return found
  const ofType = known.includes(type) || byType !== undefined ? `type ${JSON.stringify(type)}` : 'another type'
  throw new Fault('input', {
    found: `a managed Secret of ${ofType}${value === undefined ? '' : ` with another value of the label ${argoLabel}`}`,
    wanted: `one of ${typed.map(({ name }) => name).join(', ')}, or the label ${argoLabel}: ${[...labelled.keys()].join(' or ')}`,
    todo: `Create it again with such a type (the type of a Secret cannot be changed), or remove the label ${labels.managed}.`,
  })
}
