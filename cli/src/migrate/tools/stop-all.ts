import type { InputObject } from '../input/input.ts'
import type { Step } from '../move.ts'
import { deleteCommand } from '../remove-steps.ts'

/** Orders the commands that stop the Go original: its CronJob, then its webhook, then its pods, which the webhook needs until then. */
export function stopAll(steps: readonly Step[], webhooks: readonly Pick<InputObject, 'kind' | 'namespace' | 'name'>[]): Step[] {
  const isScale = ({ command }: Step) => command.startsWith('kubectl scale')
  const isWait = ({ command }: Step) => command.startsWith('kubectl wait pod')
  return [
    ...steps.filter(step => !isScale(step) && !isWait(step)),
    ...webhooks.map((object): Step => ({ phase: 'stop', command: deleteCommand(object), why })),
    ...steps.filter(isScale).map(step => ({ ...step, why: 'Nothing calls its pods any more.' })),
  ]
}

const why =
  'This is the old writer. From here until ECR Anywhere is installed, nobody fills new Secrets. Those that exist keep their credentials, which are valid for hours.'
