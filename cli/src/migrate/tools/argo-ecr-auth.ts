import { dnsLabel, dnsSubdomain } from '@ecr-anywhere/shared/name-patterns.ts'
import { isRegistryHost } from '@ecr-anywhere/shared/registry.ts'
import { imageName, type ToolContainer, toolContainers, workloadsOf } from '../containers.ts'
import { type Identity, identityOf } from '../identity.ts'
import { identityValues } from '../identity-values.ts'
import type { Input } from '../input/input.ts'
import { joined } from '../joined.ts'
import { emptyMove, type Move } from '../move.ts'
import type { Problem } from '../problem.ts'
import { readRegistries } from '../registries.ts'
import { retireSteps } from '../retire-steps.ts'
import { shown } from '../shown.ts'
import { accounts, otherWorkloadKinds, type Tool, workloadKinds } from '../tool.ts'
import { expiryConfigMapMove } from './expiry-config-map.ts'
import { readGoFlags } from './go-flags.ts'

/**
 * The flags of argo-ecr-auth with their defaults, as its documentation lists them:
 * https://github.com/sarmad-abualkaz/argo-ecr-auth#how-to-install
 */
const defaults = {
  'aws-profile': '',
  'aws-region': 'us-east-1',
  'ecr-registry': '',
  'kube-config': 'in-cluster',
  namespace: 'argocd',
  'secret-name': 'ecr-auth',
  'sleep-between-checks': '120',
}

/**
 * argo-ecr-auth: a Deployment that writes one repository Secret of Argo CD, and a ConfigMap with its expiry. It replaces the Secret by an
 * update with its own labels only, so a label of others is lost:
 * https://github.com/sarmad-abualkaz/argo-ecr-auth/blob/main/k8s/updateTokenSecret.go
 */
export const argoEcrAuth: Tool = {
  name: 'argo-ecr-auth',
  wanted: [...workloadKinds, ...otherWorkloadKinds, accounts],
  move(input, { namespace }) {
    const found = toolContainers(
      input,
      container => imageName(container) === 'argo-ecr-auth' || wordsOf(container).some(word => word.startsWith('--ecr-registry')),
      namespace,
    )
    const workloads = workloadsOf(found)
    return joined([
      ...found.map(one => moveOf(one, input)),
      ...input.documents.map(document => moveOfValues(document, input, namespace)),
      { ...emptyMove, steps: retireSteps(workloads, input) },
    ])
  },
}

function moveOf({ env, workload, container }: ToolContainer, input: Input): Move {
  const { identity, problems } = identityOf(env, { input, serviceAccount: workload?.serviceAccount })
  return moveOfFlags(container === undefined ? [] : wordsOf(container), { title: env.title, identity, problems, input })
}

/** The values of its chart have the flags in `args`, and no name of the Deployment: https://github.com/sarmad-abualkaz/argo-ecr-auth/blob/main/charts/argo-ecr-auth/values.yaml */
function moveOfValues({ args }: Readonly<Record<string, unknown>>, input: Input, namespace: string): Move {
  const title = 'the values'
  if (!Array.isArray(args)) {
    return {
      ...emptyMove,
      problems: [{ what: title, found: 'no list `args`', wanted: 'values of the chart of argo-ecr-auth, or its Deployment' }],
    }
  }
  const wanted = `the Deployment, because its name is needed to stop it: helm get manifest RELEASE -n ${namespace}`
  const move = moveOfFlags(args.map(String), { title, identity: {}, problems: [], input })
  return input.objects.length > 0 ? move : { ...move, problems: [...move.problems, { what: title, found: 'only values', wanted }] }
}

function moveOfFlags(
  words: readonly string[],
  { title, identity, problems, input }: { title: string; identity: Identity; problems: readonly Problem[]; input: Input },
): Move {
  const { values: given, unknown } = readGoFlags(words, Object.keys(defaults))
  const flags = { ...defaults, ...given }
  const { hosts, problems: registryProblems } = readRegistries(`${title}: --ecr-registry`, [flags['ecr-registry']])
  const own = identityValues({ ...identity, region: flags['aws-region'] })
  const { namespace, 'secret-name': name } = flags
  const isNamed = dnsLabel.test(namespace) && dnsSubdomain.test(name)
  const [url] = hosts
  const configMap = isNamed && url !== undefined ? expiryConfigMapMove({ namespace, name, url }, input) : emptyMove
  return {
    ...emptyMove,
    values: {
      ...own.values,
      ...(flags['aws-profile'] !== '' && { env: [{ name: 'AWS_PROFILE', value: flags['aws-profile'] }] }),
      ...configMap.values,
    },
    // Argo CD's Secrets need no annotation: the registry is read from their `url`.
    secrets: isNamed ? [{ namespace, name }] : [],
    steps: [...own.steps, ...configMap.steps],
    installFirst: configMap.installFirst,
    notes: [
      ...(flags['aws-profile'] === '' ? own.notes : [profileNote]),
      ...(flags['kube-config'] === 'in-cluster' ? [] : ['--kube-config is not in-cluster: stop the tool on the machine where it runs.']),
      ...configMap.notes,
    ],
    problems: [
      ...problems.filter(({ what }) => !what.endsWith('AWS_REGION')),
      ...unknown.map(flag => ({
        what: `${title}: --${flag.slice(0, 60)}`,
        found: 'a flag that argo-ecr-auth does not have',
        wanted: Object.keys(defaults)
          .map(one => `--${one}`)
          .join(', '),
      })),
      ...registryProblems,
      ...(hosts.length > 0 || registryProblems.length > 0
        ? []
        : [{ what: `${title}: --ecr-registry`, found: 'nothing', wanted: 'the registry of the Secret' }]),
      ...(isNamed
        ? []
        : [
            {
              what: `${title}: --namespace and --secret-name`,
              found: `${shown(namespace)} and ${shown(name)}`,
              wanted: 'names, as Kubernetes accepts them',
            },
          ]),
      ...otherRegion(title, hosts, flags['aws-region']),
    ],
  }
}

const profileNote =
  'The profile needs its config file in the pods of the webhook: mount it with the values `extraVolumes` and `extraVolumeMounts`, and set AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE in `env`.'

/** The flags may be in the command or in the arguments. The first word of a command is the program. */
function wordsOf({ command: program, args }: { command?: string[] | null | undefined; args?: string[] | null | undefined }): string[] {
  return [...(program ?? []).slice(1), ...(args ?? [])]
}

function otherRegion(title: string, hosts: readonly string[], region: string): Problem[] {
  return hosts
    .filter(host => isRegistryHost(host) && !host.includes(`.${region}.`) && host !== 'public.ecr.aws')
    .map(host => ({
      what: `${title}: --aws-region`,
      found: `${shown(region)} for the registry ${host}`,
      wanted: 'its region; the old tool wrote a token of another region',
    }))
}
