import { parseRegistry } from '@ecr-anywhere/shared/registry.ts'
import { imageName, type ToolContainer, toolContainers, workloadsOf } from '../containers.ts'
import { identityOf } from '../identity.ts'
import { identityValues } from '../identity-values.ts'
import { readVariable } from '../input/environment.ts'
import { type Input, ofKind } from '../input/input.ts'
import { joined } from '../joined.ts'
import { emptyMove, type Move, type OwnedSecret } from '../move.ts'
import { dnsLabel, dnsSubdomain } from '../names.ts'
import type { Problem } from '../problem.ts'
import { readRegistries } from '../registries.ts'
import { removeSteps } from '../remove-steps.ts'
import { shown } from '../shown.ts'
import { stopSteps } from '../stop-workload.ts'
import { accounts, namespaces, type Tool, workloadKinds } from '../tool.ts'
import { isListed, readNamespaceList } from './namespace-list.ts'

/**
 * k8s-ecr-login-renew: a CronJob that writes one docker config Secret into several namespaces. It updates the Secret, and if it may not, it
 * deletes and creates it (always before v1.4), which loses all labels.
 *
 * Its variables and their defaults: https://github.com/nabsul/k8s-ecr-login-renew#environment-variables, and EXCLUDE_NAMESPACE in
 * https://github.com/nabsul/k8s-ecr-login-renew/blob/main/main.go
 */
export const k8sEcrLoginRenew: Tool = {
  name: 'k8s-ecr-login-renew',
  wanted: [...workloadKinds, accounts, namespaces],
  move(input, { namespace }) {
    const found = toolContainers(
      input,
      (container, variables) => imageName(container) === 'k8s-ecr-login-renew' || variables.has('DOCKER_SECRET_NAME'),
      namespace,
    )
    const workloads = workloadsOf(found)
    return joined([
      ...found.map(one => moveOf(one, input)),
      { ...emptyMove, steps: [...workloads.flatMap(stopSteps), ...removeSteps(workloads, input)] },
    ])
  },
}

function moveOf({ env, workload }: ToolContainer, input: Input): Move {
  const { identity, problems } = identityOf(env, { input, serviceAccount: workload?.serviceAccount })
  const { values, steps, notes } = identityValues(identity)
  const name = readVariable(env, 'DOCKER_SECRET_NAME', 'the name of the Secret')
  const listed = readVariable(env, 'DOCKER_REGISTRIES', 'registry hosts')
  const { hosts, problems: registryProblems } = readRegistries(`${env.title}: DOCKER_REGISTRIES`, (listed.value ?? '').split(','))
  const targets = targetsOf(env, input)
  const isValid = name.value !== undefined && dnsSubdomain.test(name.value)
  const secrets = isValid
    ? targets.namespaces.map(
        (namespace): OwnedSecret => ({ namespace, name: name.value ?? '', ...(hosts.length > 0 && { registries: hosts }) }),
      )
    : []
  const missing = { what: `${env.title}: DOCKER_SECRET_NAME`, found: shown(name.value ?? ''), wanted: 'the name of a Secret' }
  return {
    ...emptyMove,
    values,
    steps,
    secrets,
    notes: [...notes, ...regionNotes(hosts)],
    problems: [
      ...problems,
      ...name.problems,
      ...(isValid || name.problems.length > 0 ? [] : [missing]),
      ...listed.problems,
      ...registryProblems,
      ...targets.problems,
    ],
  }
}

/** By default `default`. Patterns are expanded if the namespaces of the cluster are known. */
function targetsOf(env: ToolContainer['env'], input: Input): { namespaces: string[]; problems: Problem[] } {
  const target = readVariable(env, 'TARGET_NAMESPACE', 'namespaces')
  const exclude = readVariable(env, 'EXCLUDE_NAMESPACE', 'namespaces')
  const [included, excluded] = [readNamespaceList(target.value ?? 'default'), readNamespaceList(exclude.value ?? '')]
  const known = ofKind(input, 'Namespace').map(({ name }) => name)
  const wanted = known.length > 0 ? known.filter(name => isListed(included, name)) : included.names
  const open = known.length > 0 ? [] : included.patterns
  const invalid = included.names.filter(name => !dnsLabel.test(name))
  return {
    namespaces: wanted.filter(name => dnsLabel.test(name) && !isListed(excluded, name)),
    problems: [
      ...target.problems,
      ...exclude.problems,
      ...[...open, ...invalid].map(pattern => ({
        what: `${env.title}: TARGET_NAMESPACE`,
        found: shown(pattern),
        wanted: 'names of namespaces. For patterns use --from-cluster, or add the output of `kubectl get namespaces -o yaml` to the input',
      })),
    ],
  }
}

function regionNotes(hosts: readonly string[]): string[] {
  const regions = new Set(hosts.map(parseRegistry).flatMap(registry => (registry.kind === 'private' ? [registry.region] : [])))
  if (regions.size < 2) return []
  return [
    `The registries are in ${regions.size} regions. A token is valid in one region only, so the old logins of the other regions did not work. ECR Anywhere gets a token for each region.`,
  ]
}
