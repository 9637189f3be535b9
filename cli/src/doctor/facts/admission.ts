import { availabilityProblem, observations } from '@ecr-anywhere/cronjob/check/available.ts'
import { objectProblem } from '@ecr-anywhere/cronjob/check/compare.ts'
import { type AdmissionObject, admissionObject, type Expected, readExpected } from '@ecr-anywhere/cronjob/check/expected.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { configMap } from '@ecr-anywhere/shared/kube/objects.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { missing } from '../check.ts'
import type { Release } from './release.ts'

/** An object that the chart defines, and what is stored instead of it. */
export interface Compared {
  expected: AdmissionObject
  live: Record<string, unknown> | undefined
  /** In one sentence. */
  problem: string | undefined
}

/** The webhook configurations, policies, bindings and the APIService of the release. */
export interface Admission {
  expected: Expected
  compared: Compared[]
  /** Why the APIService is not available; undefined if it is, or if there is none. */
  unavailable: string | undefined
}

/** @throws Fault `MissingPrerequisite` if the release has no usable ConfigMap `ecr-anywhere-check` */
export async function admissionFacts(
  { get }: Pick<Cluster, 'get'>,
  { release, pause }: { release: Release; pause: () => Promise<void> },
): Promise<Admission> {
  const found = await get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: release.namespace, name: 'ecr-anywhere-check' }, configMap)
  const expected = parsedExpected(found?.data['expected.json'])
  const read = ({ apiVersion, kind, metadata: { name } }: AdmissionObject) => get({ apiVersion, kind, name }, admissionObject)
  const compared = await Promise.all(
    expected.objects.map(async object => {
      const live = await read(object)
      return { expected: object, live, problem: objectProblem(object, live)?.why }
    }),
  )
  const apiService = compared.find(one => one.expected.kind === 'APIService' && one.live !== undefined)
  const unavailable = apiService === undefined ? undefined : await unavailability(apiService, read, pause)
  return { expected, compared, unavailable }
}

async function unavailability(
  { expected, live }: Compared,
  read: (object: AdmissionObject) => Promise<Compared['live']>,
  pause: () => Promise<void>,
) {
  const observed = [live ?? {}]
  while (observed.length < observations) {
    await pause()
    observed.push((await read(expected)) ?? {})
  }
  return availabilityProblem(expected.metadata.name, observed)?.why
}

function parsedExpected(text: string | undefined): Expected {
  if (text === undefined) throw missing('the ConfigMap ecr-anywhere-check of the release')
  try {
    return readExpected(text)
  } catch (error) {
    if (error instanceof Fault) throw missing('a ConfigMap ecr-anywhere-check of the same version as this command')
    throw error
  }
}
