import { awsRegionPattern, roleArnPattern } from '@ecr-anywhere/shared/name-patterns.ts'
import { type ToolContainer, toolContainers, workloadsOf } from '../containers.ts'
import { invalid } from '../identity.ts'
import { readVariable } from '../input/environment.ts'
import type { Input } from '../input/input.ts'
import { titleOf } from '../input/input.ts'
import { joined } from '../joined.ts'
import { emptyMove, type Move, type Step } from '../move.ts'
import { releaseNamespace } from '../release.ts'
import { retireSteps } from '../retire-steps.ts'
import { command } from '../shell.ts'
import { accounts, type Tool, workloadKinds } from '../tool.ts'

/** The variables of the syncer that have a value of the chart, each with what is accepted. `gcp-sync` reads the same ones. */
const variables = {
  AWS_REGION: { path: ['aws', 'region'], pattern: awsRegionPattern, wanted: 'an AWS region' },
  AWS_ROLE_ARN: { path: ['aws', 'roleArn'], pattern: roleArnPattern, wanted: 'the ARN of the role' },
  AWS_AUDIENCE: { path: ['aws', 'audience'], pattern: /^[\x21-\x7e]{1,512}$/, wanted: 'the audience of the token' },
  GCP_PROJECT_ID: { path: ['projectId'], pattern: /^[a-z0-9.:-]{1,100}$/, wanted: 'the ID of the project' },
  GCP_LOCATION: { path: ['location'], pattern: /^[a-z0-9-]{1,60}$/, wanted: 'the location of the repository' },
  GCP_SECRET_NAME: { path: ['secretName'], pattern: /^[\w-]{1,255}$/, wanted: 'the name of the secret' },
  GCP_REPOSITORY_NAME: { path: ['repositoryName'], pattern: /^[a-z0-9-]{1,63}$/, wanted: 'the name of the repository' },
} as const
const required = Object.keys(variables).filter(name => name !== 'AWS_AUDIENCE')

/** gcp-ecr-syncer: a program on GKE or Cloud Run that `ecr-anywhere gcp-sync` replaces. It has the ten variables that docs/consumers/artifact-registry.md lists. */
export const gcpEcrSyncer: Tool = {
  name: 'gcp-ecr-syncer',
  wanted: [...workloadKinds, accounts],
  move(input, { namespace }) {
    const found = toolContainers(input, (_, all) => all.has('GCP_REPOSITORY_NAME') && all.has('GCP_SECRET_NAME'), namespace).filter(
      // Our own CronJob has the same variables.
      ({ container }) => !(container?.args ?? []).includes('gcp-sync'),
    )
    const workloads = workloadsOf(found).filter(({ object }) => !isCloudRun(object.apiVersion))
    const steps = retireSteps(workloads, input)
    return joined([...found.map(one => moveOf(one, input)), { ...emptyMove, installFirst: found.length === 0, steps }])
  },
}

function moveOf({ env, workload }: ToolContainer, input: Input): Move {
  const read = Object.entries(variables).map(([name, field]) => ({ name, ...field, ...readVariable(env, name, field.wanted) }))
  const valid = read.filter(({ value, pattern }) => value !== undefined && pattern.test(value))
  const [flat, nested] = [valid.filter(({ path }) => path.length === 1), valid.filter(({ path }) => path.length === 2)]
  const isOnCloudRun = workload === undefined ? !env.variables.has('AWS_OIDC_TOKEN_PATH') : isCloudRun(workload.object.apiVersion)
  const usesMetadataServer = !env.variables.has('AWS_OIDC_TOKEN_PATH')
  const annotation = googleAccount(input, env.namespace, workload?.serviceAccount)
  const username = readVariable(env, 'AWS_ECR_USERNAME', 'AWS')
  return {
    ...emptyMove,
    installFirst: false,
    values: {
      ...(valid.some(({ name }) => name === 'AWS_REGION') && { aws: { region: valid.find(({ name }) => name === 'AWS_REGION')?.value } }),
      // The webhook has no AWS identity, which the check would report.
      check: { enabled: false },
      gcpSync: {
        enabled: true,
        ...Object.fromEntries(flat.map(({ path: [key], value }) => [key, value])),
        aws: {
          ...Object.fromEntries(nested.filter(({ name }) => name !== 'AWS_REGION').map(({ path, value }) => [path[1], value])),
          ...(usesMetadataServer && { projectedToken: false }),
        },
        ...(annotation !== undefined && { serviceAccount: { annotations: { [googleAnnotation]: annotation } } }),
      },
    },
    steps: verify,
    notes: [
      accountNote,
      webhookNote,
      ...(isOnCloudRun ? [cloudRunNote(workload)] : []),
      ...(workload === undefined && !isOnCloudRun
        ? [
            'Only variables were given: stop the old program, for example with `kubectl scale deployment NAME --replicas=0`, before you install.',
          ]
        : []),
    ],
    problems: [
      ...read.flatMap(({ problems }) => problems),
      ...read.flatMap(({ name, value, pattern, wanted }) => invalid(`${env.title}: ${name}`, value, pattern, wanted)),
      ...read
        .filter(({ name, value, problems }) => required.includes(name) && value === undefined && problems.length === 0)
        .map(({ name, wanted }) => ({ what: `${env.title}: ${name}`, found: 'nothing', wanted })),
      ...(username.value === undefined || username.value === 'AWS'
        ? []
        : [{ what: `${env.title}: AWS_ECR_USERNAME`, found: 'another name than AWS', wanted: 'AWS, which is what ECR expects' }]),
    ],
  }
}

const job = 'ecr-anywhere-gcp-sync-now'
const verify: Step[] = [
  {
    phase: 'verify',
    command: command('kubectl', 'create', 'job', job, '--from=cronjob/ecr-anywhere-gcp-sync', '-n', releaseNamespace),
    why: 'The first run stores a password of its own and refers the repository to it.',
  },
  {
    phase: 'verify',
    command: command('kubectl', 'wait', `job/${job}`, '-n', releaseNamespace, '--for=condition=complete', '--timeout=300s'),
    why: 'The run has succeeded. If this fails, read the log of the Job: until then the repository keeps its previous password.',
  },
]

const accountNote = `Before you install, let the trust policy of the role also allow the new identity: the subject system:serviceaccount:${releaseNamespace}:ecr-anywhere-gcp-sync for a projected token, or the Google service account. Bind this Kubernetes service account to the Google service account with roles/iam.workloadIdentityUser.`

const webhookNote =
  'The webhook of the chart gets no AWS identity, because the syncer does not need one, so the check is off. To serve Secrets as well, set the values `aws.*` and remove check.enabled.'

function cloudRunNote(workload: ToolContainer['workload']): string {
  const what =
    workload === undefined
      ? 'Without AWS_OIDC_TOKEN_PATH, this is the environment of Cloud Run.'
      : `${titleOf(workload.object)} runs on Cloud Run.`
  return `${what} The values are for a move to GKE. To stay on Cloud Run, pause the schedule of the old program (gcloud scheduler jobs pause), put the same variables into deploy/cloudrun/job.yaml, and continue with docs/consumers/artifact-registry.md.`
}

const googleAnnotation = 'iam.gke.io/gcp-service-account'

/** The Google service account of a Kubernetes service account of the input. */
function googleAccount({ objects }: Input, namespace: string, name: string | undefined): string | undefined {
  return objects.find(object => object.kind === 'ServiceAccount' && object.namespace === namespace && object.name === name)?.annotations[
    googleAnnotation
  ]
}

function isCloudRun(apiVersion: string): boolean {
  return apiVersion.startsWith('serving.knative.dev/') || apiVersion.startsWith('run.googleapis.com/')
}
