import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { Secret } from '../review.ts'
import { argoCd, argoLabel, argoTypes } from './argocd.ts'
import { basicAuth } from './basic-auth.ts'
import { dockerCfg } from './dockercfg.ts'
import { dockerConfigJson } from './dockerconfigjson.ts'
import type { Shape } from './shape.ts'

/** Every kind of Secret that is told by its type; Argo CD's are told by a label. */
const typed: readonly Shape[] = [dockerConfigJson, dockerCfg, basicAuth]

/** @throws Fault `input` if this kind of Secret is not supported */
export function shapeOf({ type, metadata }: Secret): Shape {
  const found = typed.find(({ kind }) => kind === type) ?? (argoTypes.includes(metadata.labels[argoLabel] ?? '') ? argoCd : undefined)
  if (found !== undefined) return found
  throw new Fault('input', {
    found: `a managed Secret of type ${JSON.stringify(type.slice(0, 80))}`,
    wanted: `one of ${typed.map(({ kind }) => kind).join(', ')}, or the label ${argoLabel}: ${argoTypes.join(' or ')}`,
    todo: 'Create it anew with such a type (a type cannot be changed), or remove the label ecr-anywhere.centml.ai/managed.',
  })
}
