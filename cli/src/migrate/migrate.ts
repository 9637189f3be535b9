import { type Input, ofKind, titleOf } from './input/input.ts'
import { joined } from './joined.ts'
import { emptyMove, type Move } from './move.ts'
import { type Plan, planOf } from './plan.ts'
import type { Problem } from './problem.ts'
import type { Tool } from './tool.ts'

/** Kinds of objects that come with a tool and mean nothing for the move. */
const companions =
  /^(?:Secret|ConfigMap|Namespace|Service|ServiceAccount|(?:Cluster)?Role(?:Binding)?|Job|Pod|ReplicaSet|PodDisruptionBudget|NetworkPolicy|ServiceMonitor|CustomResourceDefinition|MutatingWebhookConfiguration|(?:Cluster)?SecretStore|Certificate|Issuer)$/

/**
 * Plans the move from a tool. The plan changes nothing: it is values and commands for the user.
 *
 * @param namespace of objects that name none
 */
export function migrate(tool: Tool, input: Input, { namespace }: { namespace: string }): Plan {
  const move = tool.move(input, { namespace })
  const isFound = Object.keys(move.values).length > 0 || move.secrets.length > 0 || move.steps.length > 0
  const nothing = isFound || move.problems.length > 0 ? [] : [notFound(tool)]
  const gitOps = gitOpsNote(input, isFound)
  return planOf(
    tool.name,
    joined([
      { ...move, notes: [...stopNote(tool, move), ...gitOps, ...move.notes] },
      { ...emptyMove, problems: [...input.problems, ...others(tool, input), ...nothing, ...noRegion(move, isFound)] },
    ]),
  )
}

/** Objects of a file that no tool of ours reads. In a cluster, there are many. */
function others(tool: Tool, input: Input): Problem[] {
  const kinds = tool.wanted.map(({ kind }) => kind)
  if (input.isCluster) return []
  return input.objects
    .filter(({ kind }) => !kinds.includes(kind) && !companions.test(kind) && !workloads.test(kind))
    .map(object => ({ what: titleOf(object), found: `an object of the kind ${object.kind}`, wanted: `objects of ${tool.name}` }))
}

const workloads = /^(?:StatefulSet|DaemonSet|ReplicationController|Deployment|CronJob)$/

/** The chart needs it. Whoever reports a region that cannot be read names it. */
function noRegion({ values, problems }: Move, isFound: boolean): Problem[] {
  const { region } = (values.aws ?? {}) as { region?: string }
  if (!isFound || region !== undefined || problems.some(({ what, wanted }) => /region/i.test(what + wanted))) return []
  return [{ what: 'the value aws.region', found: 'no AWS region in the input', wanted: 'the region of the registries' }]
}

/** Variables and values do not name the object that runs the tool. */
function stopNote({ name }: Tool, { secrets, steps }: Move): string[] {
  if (secrets.length === 0 || steps.some(({ phase }) => phase === 'stop')) return []
  return [
    `The input does not show what runs ${name}, so no command here stops or removes it. Stop it yourself before you label the Secrets, and wait until its pods have ended. Otherwise it undoes the labels.`,
  ]
}

function notFound({ name, wanted }: Tool): Problem {
  return {
    what: 'the input',
    found: `nothing of ${name}`,
    wanted: `its objects (${wanted.map(({ kind }) => kind).join(', ')}), or its settings`,
  }
}

/** Argo CD and Flux undo changes that are not in Git. https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/ */
function gitOpsNote(input: Input, isFound: boolean): string[] {
  const isTracked = ({ labels, annotations }: (typeof input.objects)[number]) =>
    'argocd.argoproj.io/tracking-id' in annotations ||
    Object.keys(labels).some(label => /^(?:argocd\.argoproj\.io\/instance|(?:kustomize|helm)\.toolkit\.fluxcd\.io\/name)$/.test(label))
  const tracked = ofKind(input, 'Deployment', 'CronJob', 'ExternalSecret').filter(isTracked)
  if (!isFound || tracked.length === 0) return []
  return [`Argo CD or Flux manages ${tracked.map(titleOf).join(', ')}, and undoes these changes. Make them in Git, in the same order.`]
}
