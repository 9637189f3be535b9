import { type Pod, type Waiting, waitsForImage } from '@ecr-anywhere/shared/kube/pod.ts'
import type { PodEvent } from './pod-events.ts'
import { type PullFailure, pullFailure, tellsReason } from './pull-failure.ts'

/** A container that waits for its image, and why. */
export interface Trouble extends Waiting {
  failure: PullFailure
}

/** The containers of a pod that wait for their images. @param warnings the newest first */
export function troubles({ waiting }: Pick<Pod, 'waiting'>, warnings: readonly PodEvent[]): Trouble[] {
  return waiting.filter(waitsForImage).map(one => {
    const event = warnings.find(({ message }) => message.includes(`"${one.image}"`) && tellsReason(message))
    const message = tellsReason(one.message) ? one.message : (event?.message ?? one.message)
    return { ...one, message: shortened(message), failure: pullFailure(message) }
  })
}

/** The runtime repeats the name of the image several times in its message. */
const maxLength = 400

function shortened(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim()
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`
}
