import { givenValues } from '../cluster/given.ts'
import type { Options } from '../subcommands.ts'
import { ecrImageName, type ImageName } from './image-name.ts'
import { outputs } from './options.ts'
import type { WantedPlatforms } from './registry-checks.ts'

export interface VerifySettings {
  /** `namespace` is undefined for that of `--namespace` or of the context. */
  target: { kind: 'Secret' | 'pod'; namespace: string | undefined; name: string }
  image: ImageName | undefined
  wanted: WantedPlatforms | undefined
  context: string | undefined
  kubeconfig: string | undefined
  output: (typeof outputs)[number]
}

const name = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/

/** @throws Fault `settings` that lists every problem at once */
export function readVerifySettings(given: Options, target: string): VerifySettings {
  const { text, oneOf, problem, check } = givenValues(given)
  const output = oneOf('output', outputs)
  const [first = '', second = '', ...others] = target.split('/')
  const isPod = first === 'pod' || first === 'pods'
  if (!name.test(first) || !name.test(second) || others.length > 0)
    problem(`<target>: found ${JSON.stringify(target)}, wanted NAMESPACE/NAME of a Secret, or pod/NAME`)
  const namespace = text('namespace')
  if (!isPod && namespace !== undefined && namespace !== first)
    problem(`--namespace: found ${JSON.stringify(namespace)}, wanted none, because ${target} names the namespace`)
  const platform = text('platform')
  if (platform !== undefined && !/^[a-z0-9]+\/[a-z0-9]+$/.test(platform))
    problem(`--platform: found ${JSON.stringify(platform)}, wanted os/arch, such as linux/arm64`)
  check()
  const image = text('image')
  return {
    target: isPod ? { kind: 'pod', namespace, name: second } : { kind: 'Secret', namespace: first, name: second },
    image: image === undefined ? undefined : ecrImageName(image),
    wanted: platform === undefined ? undefined : { platforms: [platform], from: '--platform' },
    context: text('context'),
    kubeconfig: text('kubeconfig'),
    output,
  }
}
