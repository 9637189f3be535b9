import type * as z from 'zod'

/**
 * A problem of a settings file, in the form that `settingsFault` lists: `NAME.path[0]: found …, wanted …`.
 *
 * @param name the variable that names the file
 * @param given the content of the file
 * @param show how a value is quoted, which may contain a password
 */
export function yamlProblem(
  issue: z.core.$ZodIssue,
  { name, given, show }: { name: string; given: unknown; show: (found: unknown, path: readonly PropertyKey[]) => string },
): string {
  const path = issue.path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  const where = `${name}${path}`
  if (issue.code === 'unrecognized_keys')
    return `${where}: found unknown keys ${issue.keys.join(', ')}, wanted keys as docs/reference/settings.md lists them`
  if (issue.code === 'invalid_key') return `${where}: found this key, wanted ${issue.issues.map(({ message }) => message).join()}`
  const found = issue.path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown>)[part], given)
  return `${where}: found ${show(found, issue.path)}, wanted ${issue.message}`
}

/** What a message shows of a value: texts, numbers and the like as they are, and no content of maps and lists. */
export function shownValue(found: unknown): string {
  if (Array.isArray(found)) return found.length === 0 ? 'an empty list' : 'a list'
  return typeof found === 'object' && found !== null ? 'a map' : (JSON.stringify(found) ?? 'nothing')
}
