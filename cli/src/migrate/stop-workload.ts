import type { Workload } from './input/workload.ts'
import type { Step } from './move.ts'
import { deleteCommand } from './remove-steps.ts'
import { command, quoted } from './shell.ts'

/** The commands that stop a workload, in this order. None for Cloud Run, which kubectl does not reach. */
export function stopSteps({ object, podLabels }: Workload): Step[] {
  const { kind, namespace, name } = object
  if (kind === 'CronJob') {
    return [
      stop(
        command('kubectl', 'patch', 'cronjob', name, '-n', namespace, '--type=merge', '-p', '{"spec":{"suspend":true}}'),
        'No new Job of the old tool starts.',
      ),
      stop(
        `until [ "$(kubectl get cronjob ${quoted(name)} -n ${quoted(namespace)} -o 'jsonpath={.metadata.name} {.status.active}')" = ${quoted(`${name} `)} ]; do sleep 1; done`,
        'A Job that still runs would write once more. This waits until it has ended.',
      ),
    ]
  }
  if (kind === 'Job') {
    const why = 'A Job writes until it has ended.'
    return [stop(command('kubectl', 'wait', `job/${name}`, '-n', namespace, '--for=condition=complete', '--timeout=300s'), why)]
  }
  if (kind === 'DaemonSet' || kind === 'Pod') return [stop(deleteCommand(object), `A ${kind} cannot be scaled to 0, so it is deleted.`)]
  if (!['Deployment', 'StatefulSet', 'ReplicationController', 'ReplicaSet'].includes(kind)) return []
  const selector = Object.entries(podLabels ?? {}).map(([label, value]) => `${label}=${value}`)
  const scale = stop(
    command('kubectl', 'scale', kind.toLowerCase(), name, '-n', namespace, '--replicas=0'),
    'The old tool would undo the labels, or write the Secret again.',
  )
  if (selector.length === 0) return [scale]
  return [
    scale,
    stop(
      // Pods that have ended can stay for days, such as those of Jobs with the same label.
      command(
        'kubectl',
        'wait',
        'pod',
        '-n',
        namespace,
        '-l',
        selector.join(),
        `--field-selector=${running}`,
        '--for=delete',
        '--timeout=120s',
      ),
      'Its pods write until they have ended.',
    ),
  ]
}

const running = 'status.phase!=Succeeded,status.phase!=Failed'

function stop(text: string, why: string): Step {
  return { phase: 'stop', command: text, why }
}
