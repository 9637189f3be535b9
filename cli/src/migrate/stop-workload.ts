import type { Workload } from './input/workload.ts'
import type { Step } from './move.ts'
import { command, quoted } from './shell.ts'

/** The commands that stop a workload, in this order. None if it is of a kind that does not run by itself. */
export function stopSteps({ object: { kind, namespace, name }, podLabels }: Workload): Step[] {
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
  if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'ReplicationController') return []
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
