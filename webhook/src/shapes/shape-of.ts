import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { Secret } from '../review.ts'
import { basicAuth } from './basic-auth.ts'
import { dockerCfg } from './dockercfg.ts'
import { dockerConfigJson } from './dockerconfigjson.ts'
import type { Shape } from './shape.ts'

/** Every kind of Secret that can be managed. */
export const shapes: readonly Shape[] = [dockerConfigJson, dockerCfg, basicAuth]

/** @throws Fault `input` if this kind of Secret is not supported */
export function shapeOf({ type }: Secret): Shape {
  const found = shapes.find(({ kind }) => kind === type)
  if (found !== undefined) return found
  throw new Fault('input', {
    found: `a managed Secret of type ${JSON.stringify(type.slice(0, 80))}`,
    wanted: `one of ${shapes.map(({ kind }) => kind).join(', ')}`,
    todo: 'Create it anew with such a type (a type cannot be changed), or remove the label ecr-anywhere.centml.ai/managed.',
  })
}
