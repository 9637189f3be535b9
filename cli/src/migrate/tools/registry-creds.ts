import { ownRegistryHost, partitionOfRegion } from '@ecr-anywhere/shared/partition.ts'
import { isRegistryHost } from '@ecr-anywhere/shared/registry.ts'
import { imageName, type ToolContainer, toolContainers, workloadsOf } from '../containers.ts'
import { identityOf, invalid, roleArnPattern } from '../identity.ts'
import { identityValues } from '../identity-values.ts'
import { readVariable } from '../input/environment.ts'
import { type Input, ofKind } from '../input/input.ts'
import { joined } from '../joined.ts'
import { emptyMove, type Move } from '../move.ts'
import { dnsSubdomain } from '../names.ts'
import type { Problem } from '../problem.ts'
import { removeSteps } from '../remove-steps.ts'
import { stopSteps } from '../stop-workload.ts'
import { accounts, type Tool, workloadKinds } from '../tool.ts'
import { readGoFlags } from './go-flags.ts'

/** The flags that matter here, as main.go lists them: https://github.com/upmc-enterprises/registry-creds/blob/master/main.go */
const awsFlags = ['aws-secret-name', 'aws-region', 'aws_assume_role', 'skip-kube-system']
const otherFlags =
  'kubecfg-file kube-master-url dpr-secret-name gcr-secret-name acr-secret-name gcr-url dpr-password dpr-server dpr-user acr-url acr-client-id acr-password refresh-mins token-retry-type token-retries token-retry-delay'
const defaultSecretName = 'awsecr-cred'
/** Variables by which it serves other registries, each with the Secret that it writes then. */
const otherRegistries = { gcrurl: 'gcr-secret', DOCKER_PRIVATE_REGISTRY_SERVER: 'dpr-secret', ACR_URL: 'acr-secret' }

/**
 * registry-creds: a Deployment that writes a docker config Secret into every namespace, and adds it to the service account `default`. It
 * replaces the Secret by an update without labels, so a label of others is lost:
 * https://github.com/upmc-enterprises/registry-creds/blob/master/k8sutil/k8sutil.go. Its variables:
 * https://github.com/upmc-enterprises/registry-creds#parameters. The addon of minikube is the same Deployment.
 */
export const registryCreds: Tool = {
  name: 'registry-creds',
  wanted: [
    ...workloadKinds,
    { kind: 'ReplicationController', apiVersions: ['v1'] },
    accounts,
    { kind: 'Secret', apiVersions: ['v1'], metadataOnly: { name: defaultSecretName } },
  ],
  move(input, { namespace }) {
    const isTool = (name: string, has: (variable: string) => boolean) =>
      name === 'registry-creds' || (has('awsaccount') && has('awsregion'))
    const found = toolContainers(input, (container, variables) => isTool(imageName(container), name => variables.has(name)), namespace)
    const workloads = workloadsOf(found)
    return joined([
      ...found.map(one => moveOf(one, input)),
      { ...emptyMove, steps: [...workloads.flatMap(stopSteps), ...removeSteps(workloads, input)] },
    ])
  },
}

function moveOf({ env, workload, container }: ToolContainer, input: Input): Move {
  const { title } = env
  const flags = readGoFlags([...(container?.command ?? []).slice(1), ...(container?.args ?? [])], [...awsFlags, ...otherFlags.split(' ')])
  const { identity, problems } = identityOf(env, { input, serviceAccount: workload?.serviceAccount })
  const region = readVariable(env, 'awsregion', 'the AWS region, which is the value aws.region')
  const role = readVariable(env, 'aws_assume_role', 'the ARN of the role, if it has one, which is the value aws.roleArn')
  const account = readVariable(
    env,
    'awsaccount',
    'the AWS accounts of the registries, for the annotation ecr-anywhere.centml.ai/registries',
  )
  const isRegionHidden = region.problems.length > 0
  const usedRegion = region.value ?? flags.values['aws-region'] ?? (isRegionHidden ? undefined : 'us-east-1')
  const roleArn = role.value ?? flags.values.aws_assume_role ?? identity.roleArn
  const { values, steps, notes } = identityValues({
    ...identity,
    ...(usedRegion !== undefined && { region: usedRegion }),
    ...(roleArn !== undefined && roleArnPattern.test(roleArn) && { roleArn }),
  })
  const hosts = usedRegion === undefined ? [] : registriesOf(account.value ?? '', usedRegion)
  const owned = secretsOf(input, flags.values['aws-secret-name'] ?? defaultSecretName, title)
  return {
    ...emptyMove,
    values,
    steps,
    secrets: owned.namespaces.map(namespace => ({ namespace, name: owned.name, ...(hosts.length > 0 && { registries: hosts }) })),
    notes: [...notes, newNamespaces, ...otherNotes(env)],
    problems: [
      // Its own variable for the region takes the place of the SDK's.
      ...problems.filter(({ what }) => !what.endsWith('AWS_REGION') && !what.endsWith('AWS_ROLE_ARN')),
      ...[region, role, account].flatMap(({ problems: hidden }) => hidden),
      ...invalid(`${title}: aws_assume_role`, roleArn, roleArnPattern, 'the ARN of a role'),
      ...invalidAccounts(title, account.value, hosts),
      ...flags.unknown.map(flag => ({
        what: `${title}: --${flag.slice(0, 60)}`,
        found: 'a flag that registry-creds does not have',
        wanted: 'its flags',
      })),
      ...owned.problems,
    ],
  }
}

const newNamespaces =
  'registry-creds writes its Secret into each new namespace as well. With ECR Anywhere a namespace and its Secret are labelled, or listed in the value `secrets` of the chart. The service accounts `default` keep their image pull secret.'

/** The registries of a comma-separated list of accounts. */
function registriesOf(accountList: string, region: string): string[] {
  const partition = partitionOfRegion(region) ?? 'aws'
  const accountIds = accountList.split(',').map(account => account.trim())
  return accountIds.map(account => ownRegistryHost({ account, region, partition })).filter(isRegistryHost)
}

function invalidAccounts(title: string, accountList: string | undefined, hosts: readonly string[]): Problem[] {
  const given = (accountList ?? '').split(',').filter(account => account.trim() !== '')
  if (given.length === 0 || hosts.length === given.length) return []
  return [{ what: `${title}: awsaccount`, found: 'an account that does not have 12 digits, or no valid region', wanted: 'AWS account IDs' }]
}

/** In a cluster, the Secrets of this name. In a file, those of the namespaces that it has. */
function secretsOf(input: Input, name: string, title: string): { name: string; namespaces: string[]; problems: Problem[] } {
  if (!dnsSubdomain.test(name)) {
    return { name, namespaces: [], problems: [{ what: `${title}: --aws-secret-name`, found: 'no name of a Secret', wanted: 'a name' }] }
  }
  const existing = ofKind(input, 'Secret').filter(object => object.name === name)
  const namespaces =
    existing.length > 0 ? existing.map(({ namespace }) => namespace) : ofKind(input, 'Namespace').map(object => object.name)
  const wanted = `--from-cluster${name === defaultSecretName ? '' : `, which finds only Secrets named ${defaultSecretName}`}, or the output of \`kubectl get namespaces -o yaml\` in the input: registry-creds writes into every namespace`
  const problems = namespaces.length > 0 ? [] : [{ what: title, found: `no namespace with the Secret ${name}`, wanted }]
  return { name, namespaces: namespaces.filter(namespace => namespace !== 'kube-system'), problems }
}

function otherNotes({ variables }: ToolContainer['env']): string[] {
  const used = Object.entries(otherRegistries).filter(([variable]) => variables.has(variable))
  if (used.length === 0) return []
  return [
    `The tool also has variables for other registries (${used.map(([variable]) => variable).join(', ')}). If you use them, keep their Secrets (${used.map(([, secret]) => secret).join(', ')}) fresh in another way: ECR Anywhere serves only ECR.`,
  ]
}
