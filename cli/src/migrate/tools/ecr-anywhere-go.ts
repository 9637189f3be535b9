import { annotations, enabledValue, labels } from '@ecr-anywhere/shared/names.ts'
import { type ToolContainer, toolContainers, workloadsOf } from '../containers.ts'
import { identityOf } from '../identity.ts'
import { identityValues } from '../identity-values.ts'
import { type Input, type InputObject, ofKind, titleOf } from '../input/input.ts'
import { joined } from '../joined.ts'
import { keptVariables } from '../kept-variables.ts'
import { emptyMove, type Move } from '../move.ts'
import type { Problem } from '../problem.ts'
import { releaseNamespace } from '../release.ts'
import { releaseOf, removeSteps } from '../remove-steps.ts'
import { command } from '../shell.ts'
import { stopSteps } from '../stop-workload.ts'
import { accounts, namespaces, type Tool, workloadKinds } from '../tool.ts'
import { goValues } from './ecr-anywhere-go-values.ts'
import { stopAll } from './stop-all.ts'

const managed = `${labels.managed}=true`

/**
 * The Go original of ECR Anywhere. Its labels and annotations are ours, so the Secrets and namespaces stay as they are. It is a webhook
 * itself, and is stopped before ours is installed: https://github.com/CentML/ecr-anywhere/tree/main/charts/ecr-anywhere
 */
export const ecrAnywhereGo: Tool = {
  name: 'ecr-anywhere-go',
  wanted: [
    ...workloadKinds,
    accounts,
    namespaces,
    { kind: 'MutatingWebhookConfiguration', apiVersions: ['admissionregistration.k8s.io/v1'] },
    { kind: 'Secret', apiVersions: ['v1'], metadataOnly: { labelSelector: managed } },
  ],
  move(input, { namespace }) {
    const found = toolContainers({ ...input, variables: {} }, isTool, namespace)
    const workloads = workloadsOf(found)
    const webhooks = ofKind(input, 'MutatingWebhookConfiguration').filter(isWebhook)
    const read = input.documents.map(document => goValues(document, { hasObjects: workloads.length + webhooks.length > 0 }))
    const isFound = found.length + webhooks.length + read.filter(({ installFirst }) => !installFirst).length > 0
    const clashing = [...workloads.map(({ object }) => object), ...webhooks].some(isOurRelease)
    const removed = removeSteps(workloads, input)
    const own: Move = {
      ...emptyMove,
      installFirst: false,
      steps: [
        ...stopAll(workloads.flatMap(stopSteps), webhooks),
        ...(clashing ? removed.map(step => ({ ...step, phase: 'stop' as const, why: clashWhy })) : removed),
      ],
      problems: notEnabled(input),
    }
    return joined([...found.map(one => moveOf(one, input)), ...read, ...(isFound ? [own, handOver] : [])])
  },
}

/** Ours has the same image name, and CONFIG_FILE. */
function isTool({ command: program }: { command?: string[] | null | undefined }, variables: ReadonlyMap<string, unknown>): boolean {
  const isWebhookPod = variables.has('CERT_FILE') && variables.has('SERVICE_NAME') && !variables.has('CONFIG_FILE')
  return isWebhookPod || (program ?? []).some(word => word.endsWith('/ecr-anywhere-refresher'))
}

function isWebhook({ body }: InputObject): boolean {
  const entries = Array.isArray(body.webhooks) ? body.webhooks : []
  return entries.some(entry => entry?.name === 'ecr-anywhere.centml.ai' && entry?.clientConfig?.service?.path === '/sync')
}

function moveOf({ env, workload, container }: ToolContainer, input: Input): Move {
  // The refresher has no AWS identity.
  if (!env.variables.has('CERT_FILE')) return { ...emptyMove, installFirst: false }
  const { identity, problems } = identityOf(env, { input, serviceAccount: workload?.serviceAccount })
  const { values, steps, notes } = identityValues(identity)
  const kept = keptVariables(env, container?.env ?? [])
  return {
    ...emptyMove,
    installFirst: false,
    values: { ...values, ...(kept.env.length > 0 && { env: kept.env }) },
    steps,
    notes,
    problems: [...problems, ...kept.problems],
  }
}

const clashWhy = 'Its Helm release has the name and the namespace that ECR Anywhere will have, so it is removed before.'

function isOurRelease(object: InputObject): boolean {
  return releaseOf(object) === command('helm', 'uninstall', 'ecr-anywhere', '-n', releaseNamespace)
}

/** For all Secrets at once, because the labels are there already. */
const handOver: Move = {
  ...emptyMove,
  installFirst: false,
  steps: [
    {
      phase: 'label',
      command: `${command('kubectl', 'annotate', 'secrets', '-A', '-l', managed, '--overwrite')} "${annotations.markedForUpdateAt}=$(date -u +%Y-%m-%dT%H:%M:%SZ)"`,
      why: 'Each managed Secret gets credentials of ECR Anywhere now. Otherwise this happens when it is due.',
    },
    {
      phase: 'verify',
      command: command(
        'kubectl',
        'wait',
        'secrets',
        '-A',
        '-l',
        managed,
        `--for=jsonpath={.metadata.annotations.${annotations.injectedRegistries.replaceAll('.', '\\.')}}`,
        '--timeout=60s',
      ),
      why: 'The old tool did not write this annotation, so all of these Secrets have credentials of ECR Anywhere.',
    },
  ],
  notes: [
    'The labels and annotations of your Secrets and namespaces stay as they are. Other logins in a Secret are no longer overwritten.',
  ],
}

function notEnabled(input: Input): Problem[] {
  const enabled = ofKind(input, 'Namespace').filter(({ labels: all }) => all[labels.namespace] === enabledValue)
  if (ofKind(input, 'Namespace').length === 0) return []
  return ofKind(input, 'Secret')
    .filter(({ labels: all, namespace }) => all[labels.managed] === 'true' && !enabled.some(({ name }) => name === namespace))
    .map(object => ({
      what: titleOf(object),
      found: `it managed in a namespace without the label ${labels.namespace}=${enabledValue}`,
      wanted: 'an enabled namespace, or a Secret without the label managed',
    }))
}
