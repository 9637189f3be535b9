import { GoogleError } from './google-error.ts'
import { isObject } from './request-body.ts'

/** https://cloud.google.com/artifact-registry/docs/repositories/label-repos: a resource has at most 64 labels. */
export const maxLabels = 64

/**
 * Checks labels against the rules of Google: lower case, digits, `_` and `-`, at most 63 characters; a key begins with a letter.
 * Letters of other alphabets are allowed too, if they have no upper case. The wording of Google's message is not known.
 *
 * @throws GoogleError INVALID_ARGUMENT
 */
export function checkLabels(labels: unknown): void {
  if (!isObject(labels)) throw invalid(`labels must be a map, found ${JSON.stringify(labels)}`)
  const entries = Object.entries(labels)
  if (entries.length > maxLabels) throw invalid(`at most ${maxLabels} labels are allowed, found ${entries.length}`)
  for (const [key, value] of entries) {
    if (!/^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u.test(key)) throw invalid(`invalid label key "${key}"`)
    if (typeof value !== 'string' || !/^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u.test(value))
      throw invalid(`invalid value of label "${key}": "${value}"`)
  }
}

function invalid(reason: string): GoogleError {
  return new GoogleError('INVALID_ARGUMENT', `Request contains an invalid argument: ${reason}.`)
}
