import { type Environment, environmentOf, environmentOfFile } from './input/environment.ts'
import type { Input } from './input/input.ts'
import { type Container, type Workload, workloadOf } from './input/workload.ts'

/** A container of the old tool, with its variables. */
export interface ToolContainer {
  /** Undefined if only the variables were given. */
  workload: Workload | undefined
  container: Container | undefined
  env: Environment
}

/** The containers that a predicate recognizes, and the variables of a file, if the input is one. */
export function toolContainers(
  input: Input,
  isTool: (container: Container, variables: Environment['variables']) => boolean,
  namespace: string,
): ToolContainer[] {
  const found = input.objects
    .flatMap(object => workloadOf(object) ?? [])
    // A Job or a ReplicaSet that another workload makes ends with it.
    .filter(({ object }) => object.owners.length === 0)
    .flatMap(workload => workload.containers.map(container => ({ workload, container, env: environmentOf(container, workload, input) })))
    .filter(({ container, env }) => isTool(container, env.variables))
  const env = environmentOfFile(input, namespace)
  return env.variables.size === 0 ? found : [...found, { workload: undefined, container: undefined, env }]
}

/** The workloads of some containers, each once. */
export function workloadsOf(containers: readonly ToolContainer[]): Workload[] {
  return [...new Set(containers.flatMap(({ workload }) => workload ?? []))]
}

/** The last part of the name of an image, without registry, tag and digest. */
export function imageName({ image }: Container): string {
  return /([^/:@]*)(?::[^/]*)?$/.exec(image.split('@')[0] ?? '')?.[1] ?? ''
}
