import { isRegistryHost } from '@ecr-anywhere/shared/registry.ts'

/** Names of a cluster by their kind, such as `namespace` or `Secret`. */
export type KnownNames = Readonly<Record<string, readonly string[]>>

/** Names that everybody has, and hosts that belong to nobody. */
const common = new Set(['default', 'enabled', 'kube-system', 'kube-public', 'kube-node-lease', 'ecr-anywhere', 'kubernetes'])
const commonHosts =
  /^(?:.+\.)?(?:ecr-anywhere\.centml\.ai|k8s\.io|kubernetes\.io|kubernetes\.default\.svc|public\.ecr\.aws|amazonaws\.com(?:\.cn)?)$/

/** What has a form of its own, in the order in which it is replaced. The first group is the text to replace, if there is one. */
const forms: readonly [kind: string, pattern: RegExp][] = [
  ['user', /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g],
  ['role', /(?<=:(?:role|user|assumed-role)\/)[\w+=,.@/-]+/g],
  ['repository', /(?<=\.amazonaws\.com(?:\.cn)?\/|\.on\.aws\/|public\.ecr\.aws\/|:repository\/|repository )[\w./-]+(?::[\w.-]+)?/g],
  ['account', /(?<!\d)\d{12}(?!\d)/g],
  ['address', /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])/g],
  ['address', /(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}(?![\w:])/gi],
]
/** At least two dots. Shorter ones are those of the kubeconfig, which are known, or fields and values of objects. */
const host = /(?<![\w.@-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.){2,}[a-z][a-z0-9-]*[a-z](?![\w-])/g
/** How the path of a field begins. */
const field = /^(?:spec|status|data|metadata|webhooks|networkpolicy|attestation)\./

/**
 * Replaces what tells whose cluster it is: names, accounts, roles, users, hosts and addresses. The same text always gets the same replacement,
 * such as `namespace-1`, so that the report can still be read.
 *
 * @returns a function that replaces them in any value of JSON
 */
export function redactor(known: KnownNames): <T>(value: T) => T {
  const replacements = new Map<string, string>()
  const counts = new Map<string, number>()
  const replacementOf = (kind: string, text: string) => {
    const found = replacements.get(text)
    if (found !== undefined) return found
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    replacements.set(text, `${kind}-${count}`)
    return `${kind}-${count}`
  }
  const names = Object.entries(known)
    .flatMap(([kind, all]) => all.filter(isTelling).map(name => ({ kind, name })))
    // A longer name may contain a shorter one.
    .sort((a, b) => b.name.length - a.name.length)
  const kindOf = new Map(names.toReversed().map(({ kind, name }) => [name, kind]))
  const pattern =
    names.length === 0 ? undefined : new RegExp(`(?<![\\w.-])(?:${[...kindOf.keys()].toReversed().map(escaped).join('|')})(?![\\w-])`, 'g')

  const text = (value: string): string => {
    const named = pattern === undefined ? value : value.replace(pattern, name => replacementOf(kindOf.get(name) ?? 'name', name))
    const formed = forms.reduce((rest, [kind, form]) => rest.replace(form, found => replacementOf(kind, found)), named)
    return formed.replace(host, found => (isPublicHost(found) ? found : replacementOf('host', found)))
  }

  const redacted = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.map(redacted)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, ownTexts.includes(key) ? inner : redacted(inner)]))
  }
  return value => redacted(value) as typeof value
}

/** Fields whose texts are the same in every cluster. */
const ownTexts = ['id', 'title', 'state']

function isTelling(name: string): boolean {
  return name !== '' && !common.has(name) && !name.startsWith('ecr-anywhere-')
}

/** Hosts of AWS, whose account is replaced already, names of labels and API groups, and file names. */
function isPublicHost(text: string): boolean {
  return isRegistryHost(text) || commonHosts.test(text) || field.test(text) || /\.(?:yaml|json|ts|md|io|x)$/.test(text)
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
