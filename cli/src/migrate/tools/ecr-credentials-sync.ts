import { type ToolContainer, toolContainers, workloadsOf } from '../containers.ts'
import { identityOf } from '../identity.ts'
import { identityValues } from '../identity-values.ts'
import { type Environment, readVariable } from '../input/environment.ts'
import type { Input } from '../input/input.ts'
import { joined } from '../joined.ts'
import { lastApplied } from '../label-steps.ts'
import { emptyMove, type Move } from '../move.ts'
import { dnsLabel, dnsSubdomain } from '../names.ts'
import { readRegistries } from '../registries.ts'
import { removeSteps } from '../remove-steps.ts'
import { shown } from '../shown.ts'
import { stopSteps } from '../stop-workload.ts'
import { accounts, type Tool, workloadKinds } from '../tool.ts'

/** The script: `aws ecr get-login-password`, then `oc create secret docker-registry NAME … | oc apply`. */
const create = /\b(?:oc|kubectl)\s+create\s+secret\s+docker-registry\s+((?:[^|;&]|\\\n)*)/
const maxScriptLength = 64 * 1024

/**
 * ecr-credentials-sync: a Deployment, usual on ROSA, that runs a shell loop with the AWS CLI and `oc`. Every 6 hours it applies a docker
 * config Secret in its own namespace. It has no source of its own, so its script is read.
 */
export const ecrCredentialsSync: Tool = {
  name: 'ecr-credentials-sync',
  wanted: [...workloadKinds, accounts],
  move(input, { namespace }) {
    const found = toolContainers(
      input,
      container => scriptOf(container).includes('ecr get-login-password') && create.test(scriptOf(container)),
      namespace,
    )
    const workloads = workloadsOf(found)
    return joined([
      ...found.map(one => moveOf(one, input)),
      { ...emptyMove, steps: [...workloads.flatMap(stopSteps), ...removeSteps(workloads, input)] },
    ])
  },
}

function moveOf({ env, workload, container }: ToolContainer, input: Input): Move {
  // The pod identity webhook of OpenShift has this audience: https://docs.openshift.com/rosa/authentication/assuming-an-aws-iam-role-for-a-service-account.html
  const { identity, problems } = identityOf(env, { input, serviceAccount: workload?.serviceAccount, audience: 'openshift' })
  const script = container === undefined ? '' : scriptOf(container)
  const region = readScript(script, env, /--region[= ]+(\S+)/)
  const words = create.exec(script)?.[1] ?? ''
  const name = readScript(words, env, /^([^-\s]\S*)/)
  const namespace = readScript(words, env, /(?:^|\s)(?:-n|--namespace)[= ]+(\S+)/) ?? env.namespace
  const server = readScript(words, env, /--docker-server[= ]+(\S+)/)
  const { hosts, problems: registryProblems } = readRegistries(`${env.title}: --docker-server`, server === undefined ? [] : [server])
  const { values, steps, notes } = identityValues({ ...identity, ...(region !== undefined && isRegion(region) && { region }) })
  const isNamed = name !== undefined && dnsSubdomain.test(name) && dnsLabel.test(namespace)
  const isMissing = hosts.length === 0 && registryProblems.length === 0
  return {
    ...emptyMove,
    values,
    steps,
    secrets: isNamed ? [{ namespace, name, ...(hosts.length > 0 && { registries: hosts }), dropAnnotations: [lastApplied] }] : [],
    notes,
    problems: [
      ...problems,
      ...(region === undefined && identity.region === undefined
        ? [{ what: `${env.title}: --region`, found: 'nothing', wanted: 'the region of the registry, for the value aws.region' }]
        : []),
      ...(isNamed
        ? []
        : [{ what: `${env.title}: create secret docker-registry`, found: shown(name ?? ''), wanted: 'the name of the Secret' }]),
      ...registryProblems,
      ...(isMissing ? [{ what: `${env.title}: --docker-server`, found: 'nothing', wanted: 'the registry of the Secret' }] : []),
    ],
  }
}

function scriptOf({ command, args }: { command?: string[] | null | undefined; args?: string[] | null | undefined }): string {
  return [...(command ?? []), ...(args ?? [])].join('\n').slice(0, maxScriptLength).replaceAll('\\\n', ' ')
}

/** A word of the script. A variable in it is replaced by its value. @returns undefined if there is none, or if its value is not known */
function readScript(script: string, env: Environment, pattern: RegExp): string | undefined {
  const word = pattern.exec(script)?.[1]?.replace(/["']/g, '')
  const variable = /^\$\{?(\w+)\}?$/.exec(word ?? '')?.[1]
  return variable === undefined ? word : readVariable(env, variable, 'a value').value
}

function isRegion(text: string): boolean {
  return /^[a-z]{2,6}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/.test(text)
}
