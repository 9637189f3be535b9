import type { KubeAnswer } from '@ecr-anywhere/shared/kube/transport.ts'
import { availabilityProblem, observations } from './available.ts'
import { bundleProblems, objectProblem } from './compare.ts'
import type { AdmissionObject, Expected } from './expected.ts'
import { type Asked, provocationProblem, tenantProblem } from './judge.ts'
import { managedProbe, type Place, type ProbeSecret, placesOf, plainProbe, provocations } from './probes.ts'
import { type Problem, problem } from './problem.ts'

/** The effects that a check needs. Each may throw a Fault. */
export interface CheckWorld {
  /** An object as stored in the API server; undefined if it does not exist. */
  read: (object: AdmissionObject) => Promise<Record<string, unknown> | undefined>
  /** Waits for some hundred milliseconds, between two looks at a condition that may change. */
  pause: () => Promise<void>
  /** The namespaces that have the namespace label, with its value. */
  namespaces: () => Promise<{ name: string; value: string }[]>
  /** Applies a Secret in a dry run. Returns the answer, whatever its status. */
  tryApply: (secret: ProbeSecret) => Promise<KubeAnswer>
}

export interface CheckOptions {
  expected: Expected
  /** The namespace of the release. */
  namespace: string
  /** Name of the Secret for dry runs, which is never stored. */
  probe: string
}

/** The result of checking an installation once. */
export interface Found {
  problems: Problem[]
  /** One line for each tenant that works, with the namespace of its dry run. */
  asked: string[]
}

/** Compares the installed objects, probes each tenant, and tries writes that policies must deny. Each part runs whatever the others find. */
export async function checkOnce(options: CheckOptions, world: CheckWorld): Promise<Found> {
  const [compared, denied, probed] = await Promise.all([compare(options, world), provoke(options, world), probeTenants(options, world)])
  return { problems: [...compared, ...denied, ...probed.problems], asked: probed.asked }
}

async function compare({ expected }: CheckOptions, world: CheckWorld): Promise<Problem[]> {
  const found = await Promise.all(
    expected.objects.map(async object => {
      try {
        const live = await world.read(object)
        return { live, problem: objectProblem(object, live) ?? (await unavailable(object, live, world)) }
      } catch (error) {
        return { live: undefined, problem: problem('transient', error) }
      }
    }),
  )
  const live = found.map(one => one.live).filter(object => object !== undefined)
  return [...found.map(one => one.problem).filter(one => one !== undefined), ...bundleProblems(live, expected.caBundleFrom)]
}

async function unavailable(
  object: AdmissionObject,
  live: Record<string, unknown> | undefined,
  { read, pause }: CheckWorld,
): Promise<Problem | undefined> {
  if (object.kind !== 'APIService') return undefined
  const observed = [live ?? {}]
  while (observed.length < observations) {
    await pause()
    observed.push((await read(object)) ?? {})
  }
  return availabilityProblem(object.metadata.name, observed)
}

async function provoke({ expected, namespace, probe }: CheckOptions, { tryApply }: CheckWorld): Promise<Problem[]> {
  const policies = expected.objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy').map(({ metadata }) => metadata.name)
  const found = await Promise.all(
    provocations(namespace, probe)
      .filter(({ policy }) => policies.includes(policy))
      .map(async ({ policy, secret }) => {
        try {
          return provocationProblem(await tryApply(secret), policy)
        } catch (error) {
          return problem('transient', error)
        }
      }),
  )
  return found.filter(one => one !== undefined)
}

async function probeTenants(options: CheckOptions, world: CheckWorld): Promise<Found> {
  try {
    const places = placesOf(options.expected.tenants, await world.namespaces())
    const found = await Promise.all(places.map(place => probeTenant(place, options, world)))
    return {
      problems: found.filter(one => typeof one !== 'string'),
      asked: found.filter(one => typeof one === 'string'),
    }
  } catch (error) {
    return { problems: [problem('transient', error)], asked: [] }
  }
}

/** @returns the problem, or a line that says in which namespace the tenant works */
async function probeTenant(
  { tenant, namespaces }: Place,
  { namespace: releaseNamespace, probe }: CheckOptions,
  { tryApply }: CheckWorld,
): Promise<Problem | string> {
  const isLabelled = namespaces.length > 0
  const secrets = isLabelled ? namespaces.map(name => managedProbe(name, probe)) : [plainProbe(releaseNamespace, probe, tenant)]
  const problems: Problem[] = []
  for (const secret of secrets) {
    const { namespace } = secret.metadata
    const found = await problemOf(secret, { tenant, namespace, releaseNamespace }, tryApply)
    if (found === undefined) return `tenant ${tenant}: ok in namespace ${namespace}${isLabelled ? '' : ', as no namespace has its label'}`
    problems.push(found)
  }
  return problems.find(({ kind }) => kind !== 'transient') ?? (problems[0] as Problem)
}

async function problemOf(secret: ProbeSecret, asked: Asked, tryApply: CheckWorld['tryApply']): Promise<Problem | undefined> {
  try {
    return tenantProblem(await tryApply(secret), asked)
  } catch (error) {
    return problem('transient', error)
  }
}
