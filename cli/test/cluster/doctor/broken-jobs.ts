import { releaseNamespace } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import type { BrokenLink } from './broken-link.ts'

const hourMs = 3_600_000
const inRelease = (...args: string[]) => [...args, '-n', releaseNamespace]

const jobLinks = (name: string): BrokenLink[] => [
  {
    id: `${name}-suspended`,
    said: new RegExp(`the CronJob ecr-anywhere-${name} suspended.*kubectl patch cronjob -n ecr-release ecr-anywhere-${name}`),
    break: ({ kubectl }) => must(kubectl(...inRelease('patch', 'cronjob', `ecr-anywhere-${name}`, '-p', '{"spec":{"suspend":true}}'))),
    heal: ({ kubectl }) => must(kubectl(...inRelease('patch', 'cronjob', `ecr-anywhere-${name}`, '-p', '{"spec":{"suspend":false}}'))),
  },
  {
    id: `${name}-last-run`,
    said: new RegExp(`the latest run of ${name}, \\S+ ago, failed: AWS said no`),
    break: async ({ kubectl, patchStatus }) => {
      await must(kubectl(...inRelease('create', 'job', `--from=cronjob/ecr-anywhere-${name}`, `${name}-test`)))
      const pod = await until('the Job has its pod', async () => {
        const [first] = JSON.parse(
          await must(kubectl(...inRelease('get', 'pods', '-l', `batch.kubernetes.io/job-name=${name}-test`, '-o', 'json'))),
        ).items
        return first?.metadata.name as string | undefined
      })
      const state = { terminated: { exitCode: 1, reason: 'Error', message: `starting\n${name} failed: AWS said no` } }
      await patchStatus('pod', releaseNamespace, pod, {
        phase: 'Failed',
        containerStatuses: [{ name, image: 'a', imageID: '', ready: false, restartCount: 0, state }],
      })
      await until('the Job has failed', async () => {
        const conditions = ['FailureTarget', 'Failed'].map(type => ({ type, status: 'True', reason: 'Test' }))
        const patch = JSON.stringify({
          status: { conditions, failed: 1, active: 0, terminating: 0, ready: 0, uncountedTerminatedPods: {} },
        })
        return (await kubectl(...inRelease('patch', 'job', `${name}-test`, '--subresource=status', '--type=merge', '-p', patch))).code === 0
      })
    },
    heal: ({ kubectl }) => must(kubectl(...inRelease('delete', 'job', `${name}-test`, '--wait=true'))),
  },
  {
    id: `${name}-recent`,
    said: new RegExp(`the latest success of ${name} 3h ago; expected a success within 1h`),
    break: ({ patchStatus }) =>
      patchStatus('cronjob', releaseNamespace, `ecr-anywhere-${name}`, { lastSuccessfulTime: formatTime(Date.now() - 3 * hourMs) }),
    heal: ({ patchStatus }) =>
      patchStatus('cronjob', releaseNamespace, `ecr-anywhere-${name}`, { lastSuccessfulTime: formatTime(Date.now()) }),
  },
]

/** The CronJobs and their Jobs. */
export const brokenJobs: readonly BrokenLink[] = [...jobLinks('refresh'), ...jobLinks('certs')]
