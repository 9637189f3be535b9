import type { InputObject } from '../input/input.ts'
import type { Step } from '../move.ts'
import { deleteCommand } from '../remove-steps.ts'

/** Orders the commands that stop the Go original: its CronJob, then its webhook, then its pods, which the webhook needs until then. */
export function stopAll(steps: readonly Step[], webhooks: readonly Pick<InputObject, 'kind' | 'namespace' | 'name'>[]): Step[] {
  const isOfPods = ({ command }: Step) => command.startsWith('kubectl scale') || command.startsWith('kubectl wait pod')
  const removal = webhooks.map((object): Step => ({ phase: 'stop', command: deleteCommand(object), why }))
  return [...steps.filter(step => !isOfPods(step)), ...removal, ...steps.filter(isOfPods)]
}

const why =
  'This is the old writer. From here until ECR Anywhere is installed, nobody fills new Secrets. Those that exist keep their credentials, which are valid for hours.'
