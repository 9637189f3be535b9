import { pathOf } from '@ecr-anywhere/shared/kube/path.ts'
import { refused } from '@ecr-anywhere/shared/kube/status.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import * as z from 'zod'
import { type Finding, failed, ok } from '../../findings/finding.ts'
import type { Check } from '../check.ts'
import type { Facts } from '../facts/facts.ts'
import { named } from '../named.ts'

/** The objects of `attach` in the chart, for one of its modes. */
const attachName = 'ecr-anywhere-attach'
/** An image of ECR. It is never pulled. */
const image = '123456789012.dkr.ecr.us-east-1.amazonaws.com/ecr-anywhere/doctor:1'

/** Errors of a policy that changes pods are hidden, because it never refuses a pod. So a pod in a dry run proves it. */
export const attachChecks: readonly Check[] = [
  {
    id: 'pull-secret-attached',
    title: 'a new pod with an image from ECR gets the image pull secret of its namespace',
    run: async facts => {
      const objects = (await facts.admission()).expected.objects.filter(({ metadata: { name } }) => name.startsWith(attachName))
      if (objects.length === 0) return ok('this release adds none')
      return objects.some(({ kind }) => kind === 'MutatingAdmissionPolicy') ? byPolicy(facts) : byWebhook(facts)
    },
  },
]

/** The policy follows the annotation of a namespace, and adds the default name where there is none. */
async function byPolicy(facts: Facts): Promise<Finding> {
  const { pullSecret: defaultName } = (await facts.admission()).expected
  const places = await placesIn(facts)
  // An annotation is more often wrong than the default, whose form the chart checks.
  const place = places.find(({ pullSecret }) => pullSecret !== undefined) ?? (defaultName === '' ? undefined : places[0])
  if (place === undefined) return ok('no enabled namespace has one, by its annotation or by `provision.secretName`')
  const { name, pullSecret = defaultName } = place
  const found = await pullSecretsOf(facts, name)
  if (found.includes(pullSecret)) return ok(`${pullSecret} in namespace ${name}`)
  const source = place.pullSecret === undefined ? '`provision.secretName`' : `the annotation ${annotations.pullSecret} of the namespace`
  return failed(
    `${secretsText(found)} of a pod in namespace ${name}, in a dry run`,
    `${pullSecret}, which ${source} names`,
    `Is this the name of a Secret? If so, another policy or webhook changes the pod: kubectl get mutatingadmissionpolicies,mutatingwebhookconfigurations.`,
  )
}

/** The webhook adds one name in all enabled namespaces. */
async function byWebhook(facts: Facts): Promise<Finding> {
  const [place] = await placesIn(facts)
  if (place === undefined) return ok('no namespace is enabled')
  const found = await pullSecretsOf(facts, place.name)
  if (found.length > 0) return ok(`${named(found)} in namespace ${place.name}`)
  return failed(
    `${secretsText(found)} of a pod in namespace ${place.name}, in a dry run`,
    'the one of `provision.secretName`',
    'The webhook was not called, or another webhook changes the pod: kubectl get mutatingwebhookconfigurations. `helm upgrade` restores those of the release.',
  )
}

async function placesIn({ namespaces, release }: Facts) {
  const { namespace } = await release()
  return (await namespaces()).enabled.filter(({ name, isAttachedTo }) => isAttachedTo && name !== namespace && name !== 'kube-system')
}

const createdPod = z.object({ spec: z.object({ imagePullSecrets: z.array(z.object({ name: z.string() })).nullish() }) })

/** @throws Fault `Forbidden` if the user may not create pods there */
async function pullSecretsOf({ cluster }: Facts, namespace: string): Promise<string[]> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'ecr-anywhere-doctor-' },
    spec: { containers: [{ name: 'main', image }] },
  }
  const path = `${pathOf({ apiVersion: 'v1', kind: 'Pod', namespace })}?dryRun=All`
  const answer = await cluster.request({ method: 'POST', path, body: JSON.stringify(pod) })
  const read = createdPod.safeParse(answer.body)
  if (answer.status !== 201 || !read.success) throw refused(`a pod in a dry run in namespace ${namespace}`, answer)
  return (read.data.spec.imagePullSecrets ?? []).map(({ name }) => name)
}

function secretsText(names: readonly string[]): string {
  return names.length === 0 ? 'no image pull secret' : `the image pull secrets ${named(names)}`
}
