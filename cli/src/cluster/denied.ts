import { Fault } from '@ecr-anywhere/shared/fault.ts'

/** What cannot be told, because the user has not the right to read it. */
export interface CannotTell {
  what: string
  /** The right, such as `list pods in namespace a`. */
  needs: string
}

/**
 * Does a part of a command that the user's rights may not allow.
 *
 * @returns the result, or what it needs if the API server refuses it
 * @throws every other error
 */
export async function ifAllowed<T>(limit: CannotTell, part: () => Promise<T>): Promise<T | CannotTell> {
  try {
    return await part()
  } catch (error) {
    if (isForbidden(error)) return limit
    throw error
  }
}

export function isCannotTell(value: unknown): value is CannotTell {
  return typeof value === 'object' && value !== null && 'needs' in value && 'what' in value
}

export function isForbidden(error: unknown): boolean {
  return error instanceof Fault && error.code === 'Forbidden'
}

/** A right in words, such as `list pods in all namespaces`. */
export function rightTo(verb: string, resource: string, namespace: string | undefined): string {
  return `${verb} ${resource} in ${namespace === undefined ? 'all namespaces' : `namespace ${namespace}`}`
}

export function cannotTellLine({ what, needs }: CannotTell): string {
  return `cannot tell ${what}: needs the right to ${needs}`
}
