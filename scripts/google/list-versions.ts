import { GoogleError } from './google-error.ts'
import { describeVersion } from './secret-answers.ts'
import type { Secret, Version } from './secrets.ts'

/** How many versions a page has if the request does not say; Google states only that its server decides. */
export const defaultPageSize = 100
/** https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/list */
export const maxPageSize = 25_000

/** One page of the versions of a secret, the newest first. @throws GoogleError INVALID_ARGUMENT */
export function listVersions(secret: Secret, query: URLSearchParams): object {
  const size = Math.min(readNumber(query, ['pageSize', 'page_size']) || defaultPageSize, maxPageSize)
  const start = readPageToken(query.get('pageToken') ?? query.get('page_token') ?? '')
  const isWanted = readFilter(query.get('filter') ?? '')
  const found = secret.versions.filter(isWanted).toReversed()
  const page = found.slice(start, start + size)
  const end = start + page.length
  return {
    ...(page.length > 0 && { versions: page.map(version => describeVersion(secret, version, query)) }),
    ...(end < found.length && { nextPageToken: Buffer.from(String(end)).toString('base64url') }),
    totalSize: found.length,
  }
}

/**
 * The filters on the state of a version: `state:ENABLED`, `state=ENABLED`, `state!=DESTROYED`, `NOT state:DESTROYED`, joined by AND or OR.
 * Source: https://cloud.google.com/secret-manager/docs/filtering
 */
function readFilter(filter: string): (version: Version) => boolean {
  if (filter.trim() === '') return () => true
  const alternatives = filter.split(/\s+OR\s+/).map(terms => terms.split(/\s+AND\s+/).map(readTerm))
  return version => alternatives.some(terms => terms.every(isMet => isMet(version)))
}

function readTerm(term: string): (version: Version) => boolean {
  const { not, operator, state } =
    /^\s*(?<not>NOT\s+|-)?state\s*(?<operator>:|=|!=)\s*"?(?<state>ENABLED|DISABLED|DESTROYED)"?\s*$/i.exec(term)?.groups ?? {}
  if (state === undefined) throw new GoogleError('INVALID_ARGUMENT', `Invalid filter: ${term.trim()}`)
  const isNegated = (not !== undefined) !== (operator === '!=')
  return version => (version.state === state.toUpperCase()) !== isNegated
}

function readNumber(query: URLSearchParams, names: string[]): number {
  const text = names.map(name => query.get(name)).find(value => value !== null) ?? '0'
  if (!/^\d+$/.test(text)) throw new GoogleError('INVALID_ARGUMENT', `Invalid value at 'page_size' (TYPE_INT32), "${text}"`)
  return Number(text)
}

function readPageToken(token: string): number {
  const text = Buffer.from(token, 'base64url').toString()
  if (!/^\d*$/.test(text)) throw new GoogleError('INVALID_ARGUMENT', 'Invalid page token.')
  return Number(text)
}
