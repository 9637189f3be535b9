import { givenValues } from '../cluster/given.ts'
import type { Options } from '../subcommands.ts'
import type { Check } from './check.ts'
import { outputs } from './options.ts'

export interface DoctorSettings {
  checks: readonly Check[]
  redact: boolean
  context: string | undefined
  kubeconfig: string | undefined
  releaseNamespace: string | undefined
  output: (typeof outputs)[number]
}

/** @param all the checks to choose from @throws Fault `settings` that lists every problem at once */
export function readDoctorSettings(given: Options, all: readonly Check[]): DoctorSettings {
  const { text, list, flag, oneOf, problem, check } = givenValues(given)
  const only = list('only')
  for (const id of only)
    if (!all.some(one => one.id === id)) problem(`--only: found ${JSON.stringify(id)}, wanted one of ${all.map(one => one.id).join(', ')}`)
  const output = oneOf('output', outputs)
  check()
  return {
    checks: only.length === 0 ? all : all.filter(({ id }) => only.includes(id)),
    redact: flag('redact'),
    context: text('context'),
    kubeconfig: text('kubeconfig'),
    releaseNamespace: text('releaseNamespace'),
    output,
  }
}
