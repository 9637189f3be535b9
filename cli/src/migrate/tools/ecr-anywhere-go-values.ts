import { dnsLabel, dnsSubdomain } from '@ecr-anywhere/shared/name-patterns.ts'
import * as z from 'zod'
import { identityOf } from '../identity.ts'
import { identityValues } from '../identity-values.ts'
import { environmentOf } from '../input/environment.ts'
import type { InputObject } from '../input/input.ts'
import { type Workload, workloadOf } from '../input/workload.ts'
import { keptVariables } from '../kept-variables.ts'
import { emptyMove, type Move, type Step } from '../move.ts'
import { command } from '../shell.ts'
import { stopSteps } from '../stop-workload.ts'
import { stopAll } from './stop-all.ts'

const name = z.string().regex(dnsSubdomain)
const texts = z.record(z.string(), z.coerce.string()).nullish()
const env = z.unknown()

/** The values of its chart that mean something for ours. https://github.com/CentML/ecr-anywhere/blob/main/charts/ecr-anywhere/values.yaml */
const schema = z.object({
  name: name.default('ecr-anywhere'),
  namespace: z.string().regex(dnsLabel).default('ecr-anywhere'),
  serviceAccountName: name.default('ecr-anywhere'),
  deployment: z
    .object({ replicas: z.number().nullish(), pod: z.object({ annotations: texts, container: z.object({ env }).nullish() }).nullish() })
    .nullish(),
  // The README has the variables here.
  pod: z.object({ container: z.object({ env }).nullish() }).nullish(),
  mutatingWebhookConfiguration: z.object({ annotations: texts }).nullish(),
})

/** Values that are replaced by what our chart does itself. */
const known = [...Object.keys(schema.shape), 'serviceName', 'tlsSecretName', 'caBundle', 'image', 'cronjob']

/**
 * Reads the values of the chart of the Go original.
 *
 * @param hasObjects whether its objects were given as well, which say better how it is stopped
 */
export function goValues(document: Readonly<Record<string, unknown>>, { hasObjects }: { hasObjects: boolean }): Move {
  const title = 'the values'
  const read = schema.safeParse(document)
  if (!read.success) {
    const path = read.error.issues[0]?.path.join('.') ?? ''
    return {
      ...emptyMove,
      problems: [{ what: `${title}: ${path}`, found: 'another type or an invalid name', wanted: 'values of its chart' }],
    }
  }
  const { deployment, pod, mutatingWebhookConfiguration: configuration, ...names } = read.data
  const given = [deployment?.pod?.container?.env, pod?.container?.env].find(list => Array.isArray(list)) ?? []
  const workload = deploymentOf(names, given)
  const container = workload?.containers[0]
  if (workload === undefined || container === undefined) {
    return { ...emptyMove, problems: [{ what: `${title}: env`, found: 'no list of variables', wanted: 'a list of `name` and `value`' }] }
  }
  const variables = { ...environmentOf(container, workload, noInput), title }
  const { identity, problems } = identityOf(variables, { input: noInput, serviceAccount: undefined })
  const { values, steps, notes } = identityValues(identity)
  const kept = keptVariables(variables, container.env ?? [])
  const [podAnnotations, configurationAnnotations] = [deployment?.pod?.annotations ?? {}, configuration?.annotations ?? {}]
  const replicas = deployment?.replicas ?? 0
  return {
    ...emptyMove,
    installFirst: false,
    values: {
      ...values,
      ...(kept.env.length > 0 && { env: kept.env }),
      ...(Object.keys(podAnnotations).length > 0 && { podAnnotations }),
      ...((replicas > 2 || Object.keys(configurationAnnotations).length > 0) && {
        webhook: {
          ...(replicas > 2 && { replicas }),
          ...(Object.keys(configurationAnnotations).length > 0 && { configurationAnnotations }),
        },
      }),
    },
    steps: [...steps, ...(hasObjects ? [] : removalOf(names))],
    notes: [...notes, ...(hasObjects ? [] : [helmNote])],
    problems: [
      ...problems,
      ...kept.problems,
      ...Object.keys(document)
        .filter(key => !known.includes(key))
        .map(key => ({
          what: `${title}: ${key.replace(/[^\w-]/g, '?').slice(0, 60)}`,
          found: 'a value that its chart does not have',
          wanted: known.join(', '),
        })),
    ],
  }
}

const noInput = { objects: [], documents: [], variables: {}, problems: [], isCluster: false }

interface Names {
  name: string
  namespace: string
  serviceAccountName: string
}

/** The Deployment that its chart makes of the values. */
function deploymentOf({ name: own, namespace }: Names, env: readonly unknown[]): Workload | undefined {
  const spec = { selector: { matchLabels: { app: own } }, template: { spec: { containers: [{ name: own, env }] } } }
  return workloadOf(objectOf('Deployment', own, namespace, { spec }))
}

function objectOf(kind: string, own: string, namespace: string, body: Record<string, unknown> = {}): InputObject {
  return { apiVersion: '', kind, name: own, namespace, labels: {}, annotations: {}, owners: [], body }
}

/** Its objects all have the name in the values. */
function removalOf(names: Names): Step[] {
  const { name: own, namespace, serviceAccountName } = names
  const cronJob = workloadOf(
    objectOf('CronJob', own, namespace, { spec: { jobTemplate: { spec: { template: { spec: { containers: [] } } } } } }),
  )
  const running = [...(cronJob === undefined ? [] : stopSteps(cronJob)), ...stopSteps(deploymentOf(names, []) as Workload)]
  const remove = (text: string): Step => ({ phase: 'remove', command: text, why: 'The objects of the old chart are no longer needed.' })
  return [
    ...stopAll(running, [objectOf('MutatingWebhookConfiguration', own, '')]),
    remove(
      command(
        'kubectl',
        'delete',
        `deployment/${own}`,
        `cronjob/${own}`,
        `service/${own}`,
        `serviceaccount/${serviceAccountName}`,
        '-n',
        namespace,
      ),
    ),
    remove(command('kubectl', 'delete', `clusterrole/${own}`, `clusterrolebinding/${own}`)),
  ]
}

const helmNote =
  'Values do not show where its Helm release is (helm list -A). If it is ecr-anywhere in the namespace ecr-anywhere, uninstall it before you install ECR Anywhere. If not, uninstall it instead of deleting its objects one by one.'
