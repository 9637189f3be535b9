import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { webhookConfiguration } from '@ecr-anywhere/shared/kube/objects.ts'
import { parsed } from '@ecr-anywhere/shared/kube/parsed.ts'
import type { AdmissionObject } from './expected.ts'
import { type Problem, problem } from './problem.ts'

/** As many fields of an object are named: the first ones say where to look. */
const maxNamed = 3

/** Is the object there, and does it have every field of the expected one with the same value? It may have more: the API server fills in defaults. */
export function objectProblem(expected: AdmissionObject, live: Record<string, unknown> | undefined): Problem | undefined {
  const name = `${expected.kind} ${expected.metadata.name}`
  if (live === undefined) return asReleased(`no ${name}`)
  const { metadata: _, ...fields } = expected
  const found = differences(fields, live, '')
  if (found.length === 0) return undefined
  const more = found.length > maxNamed ? ` and ${found.length - maxNamed} more` : ''
  return asReleased(`the ${name} with another ${found.slice(0, maxNamed).join(', ')}${more}`)
}

function asReleased(found: string): Problem {
  return problem(
    'final',
    new Fault('transient', {
      found,
      wanted: 'it as this release has it',
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

/** In Kubernetes a list that is empty and one that is not there are the same. */
function listDifferences(expected: unknown[], live: unknown, path: string): string[] {
  const all: unknown[] = Array.isArray(live) ? live : []
  // A set: what somebody else added stays there whatever Helm applies, and takes nothing away.
  if (path.endsWith('.validationActions')) return expected.every(item => all.includes(item)) ? [] : [path]
  const items = path.endsWith('.matchExpressions') ? all.filter(item => !isOfAks(item)) : all
  if (items.length !== expected.length) return [path]
  return expected.flatMap((item, at) => differences(item, items[at], `${path}[${at}]`))
}

/**
 * AKS adds these to every webhook's namespaceSelector. They except namespaces of its own, which nobody enables.
 * https://learn.microsoft.com/azure/aks/faq#can-admission-controller-webhooks-impact-kube-system-and-internal-aks-namespaces
 */
function isOfAks(item: unknown): boolean {
  const { key } = (item ?? {}) as { key?: unknown }
  return key === 'control-plane' || key === 'kubernetes.azure.com/managedby'
}

/** All webhooks of the release have one caBundle: a dry run that reaches one of them verifies it for all. */
export function bundleProblems(live: readonly Record<string, unknown>[], caBundleFrom: 'certs' | 'cert-manager'): Problem[] {
  const found = live.filter(({ kind }) => kind === 'MutatingWebhookConfiguration').flatMap(bundlesIn)
  const repair =
    caBundleFrom === 'certs'
      ? 'Run `helm upgrade`, or a Job of the CronJob ecr-anywhere-certs: both publish it.'
      : "See the log of cert-manager's cainjector, which publishes it."
  // Nothing publishes in between where `certs` is a Job: it ran before the check.
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
  // While a certificate rotates, configurations are changed one after the other.
  return [
    problem(
      'transient',
      new Fault('transient', { found: `another caBundle on ${names} than on ${first.name}`, wanted: 'one CA', todo: repair }),
    ),
  ]
}

function bundlesIn(object: Record<string, unknown>): { name: string; bundle: string }[] {
  const { metadata, webhooks } = parsed(webhookConfiguration, object)
  return webhooks.map(({ name, clientConfig }) => ({
    name: `the webhook ${name} of the MutatingWebhookConfiguration ${metadata.name}`,
    bundle: clientConfig.caBundle,
  }))
}
