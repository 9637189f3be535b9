import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import type { Request, Secret } from './review.ts'

/**
 * Refuses what no answer of AWS could change: a Secret that cannot be renewed, a probe that would be stored.
 *
 * @throws Fault `input`
 */
export function refuse({ object, dryRun }: Request): void {
  if (object.immutable) throw immutableFault()
  if (isProbe(object) && !dryRun) throw probeFault()
}

/** The Secret that `ecr-anywhere check` applies, in dry runs alone. */
export function isProbe({ metadata }: Secret): boolean {
  return Object.hasOwn(metadata.labels, labels.probe)
}

function immutableFault(): Fault {
  return new Fault('input', {
    found: 'a managed Secret with immutable: true',
    wanted: 'a Secret whose credentials can be renewed',
    todo: `Create it anew without immutable, or remove the label ${labels.managed}.`,
  })
}

function probeFault(): Fault {
  return new Fault('input', {
    found: `a managed Secret with the label ${labels.probe}`,
    wanted: 'that label in a dry run of `ecr-anywhere check` alone',
    todo: `Remove the label ${labels.probe}.`,
  })
}
