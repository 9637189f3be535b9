import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { apiService, isCalledThroughApiServer, webhookConfiguration } from '@ecr-anywhere/shared/kube/objects.ts'
import { parsed } from '@ecr-anywhere/shared/kube/parsed.ts'
import type { AdmissionObject } from './expected.ts'
import { type Problem, problem } from './problem.ts'

/** At most this many fields of an object are named, which is enough to know where to look. */
const maxNamed = 3

/** The problem if an object is missing or a field has another value. Further fields are allowed, because the API server sets defaults. */
export function objectProblem(expected: AdmissionObject, live: Record<string, unknown> | undefined): Problem | undefined {
  const name = `${expected.kind} ${expected.metadata.name}`
  if (live === undefined) return asReleased(`no ${name}`)
  const { metadata: _, ...fields } = expected
  const found = differences(fields, live, '')
  if (found.length === 0) return undefined
  const more = found.length > maxNamed ? ` and ${found.length - maxNamed} more` : ''
  return asReleased(`the ${name} with another value of ${found.slice(0, maxNamed).join(', ')}${more}`)
}

function asReleased(found: string): Problem {
  return problem(
    'final',
    new Fault('transient', {
      found,
      wanted: 'the object as this release defines it',
      todo: 'Run `helm upgrade`, which restores it (with --force-conflicts where Helm reports a conflict).',
    }),
  )
}

/** Paths of the fields that differ, such as `spec.validationActions[0]`. */
function differences(expected: unknown, live: unknown, path: string): string[] {
  if (Array.isArray(expected)) return listDifferences(expected, live, path)
  if (typeof expected === 'object' && expected !== null) {
    const fields = (live ?? {}) as Record<string, unknown>
    return Object.entries(expected).flatMap(([key, value]) => differences(value, fields[key], path === '' ? key : `${path}.${key}`))
  }
  return expected === live ? [] : [path]
}

/** Kubernetes treats an empty list and a missing list as the same. */
function listDifferences(expected: unknown[], live: unknown, path: string): string[] {
  const all: unknown[] = Array.isArray(live) ? live : []
  // This list is a set. Actions that another field manager added remain when Helm applies its own, and weaken nothing.
  if (path.endsWith('.validationActions')) return expected.every(item => all.includes(item)) ? [] : [path]
  const items = path.endsWith('.matchExpressions') ? all.filter(item => !isOfAks(item)) : all
  if (items.length !== expected.length) return [path]
  return expected.flatMap((item, at) => differences(item, items[at], `${path}[${at}]`))
}

/**
 * AKS adds these to the namespaceSelector of every webhook. They exclude namespaces of AKS itself, which are never enabled.
 * https://learn.microsoft.com/azure/aks/faq#can-admission-controller-webhooks-impact-kube-system-and-internal-aks-namespaces
 */
function isOfAks(item: unknown): boolean {
  const { key } = (item ?? {}) as { key?: unknown }
  return key === 'control-plane' || key === 'kubernetes.azure.com/managedby'
}

/** All webhooks of the release, and its APIService, must have the same caBundle, so that a dry run that reaches one of them verifies it for all. */
export function bundleProblems(live: readonly Record<string, unknown>[], caBundleFrom: 'certs' | 'cert-manager'): Problem[] {
  const found = [
    ...live.filter(({ kind }) => kind === 'MutatingWebhookConfiguration').flatMap(bundlesIn),
    ...live.filter(({ kind }) => kind === 'APIService').map(bundleOf),
  ]
  const repair =
    caBundleFrom === 'certs'
      ? 'Run `helm upgrade`, or create a Job from the CronJob ecr-anywhere-certs. Both publish it.'
      : "See the log of cert-manager's cainjector, which publishes it."
  // With `certs`, waiting does not help, because its Job ran before the check.
  const kind = caBundleFrom === 'certs' ? 'final' : 'transient'
  const empty = found.filter(({ bundle }) => bundle === '')
  if (empty.length > 0) {
    const names = empty.map(({ name }) => name).join(', ')
    return [
      problem(kind, new Fault('transient', { found: `no caBundle on ${names}`, wanted: 'the CA of the served certificate', todo: repair })),
    ]
  }
  const [first] = found
  const others = found.filter(({ bundle }) => bundle !== first?.bundle)
  if (first === undefined || others.length === 0) return []
  const names = others.map(({ name }) => name).join(', ')
  // This may pass by itself: during a rotation, the configurations are updated one after the other.
  return [
    problem(
      'transient',
      new Fault('transient', { found: `another caBundle on ${names} than on ${first.name}`, wanted: 'the same one', todo: repair }),
    ),
  ]
}

function bundlesIn(object: Record<string, unknown>): { name: string; bundle: string }[] {
  const { metadata, webhooks } = parsed(webhookConfiguration, object)
  const withBundle = webhooks.filter(({ clientConfig }) => !isCalledThroughApiServer(clientConfig))
  return withBundle.map(({ name, clientConfig }) => ({
    name: `the webhook ${name} of the MutatingWebhookConfiguration ${metadata.name}`,
    bundle: clientConfig.caBundle,
  }))
}

function bundleOf(object: Record<string, unknown>): { name: string; bundle: string } {
  const { metadata, spec } = parsed(apiService, object)
  return { name: `the APIService ${metadata.name}`, bundle: spec.caBundle }
}
