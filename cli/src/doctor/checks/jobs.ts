import { parseTime } from '@ecr-anywhere/shared/time.ts'
import { type Finding, failed, ok } from '../../findings/finding.ts'
import type { LastRun } from '../../release/last-runs.ts'
import { shortTime } from '../../terminal/short-time.ts'
import { type Check, missing } from '../check.ts'
import type { Facts } from '../facts/facts.ts'

/** No success for this long is a failure: four runs of the default schedule of `refresh`, and six of `certs`. */
const maxSilenceMs = 3_600_000

/** The CronJobs `refresh` and `certs`. */
export const jobChecks: readonly Check[] = ['refresh', 'certs'].flatMap(name => [
  {
    id: `${name}-suspended`,
    title: `the CronJob of ${name} is not suspended`,
    run: async (facts: Facts) => {
      const { suspended, namespace, schedule } = await runOf(facts, name)
      if (!suspended) return ok(schedule)
      const resume = `kubectl patch cronjob -n ${namespace} ecr-anywhere-${name} -p '{"spec":{"suspend":false}}'`
      return failed(`the CronJob ecr-anywhere-${name} suspended`, `a run by its schedule ${schedule}`, resume)
    },
  },
  {
    id: `${name}-last-run`,
    title: `the latest run of ${name} did not fail`,
    run: async (facts: Facts) => lastRunFinding(await runOf(facts, name), facts.nowMs),
  },
  {
    id: `${name}-recent`,
    title: `${name} has succeeded within ${shortTime(maxSilenceMs)}`,
    run: async (facts: Facts) => recentFinding(await runOf(facts, name), facts.nowMs),
  },
])

async function runOf({ runs }: Facts, name: string): Promise<LastRun> {
  const found = (await runs()).find(run => run.name === name)
  if (found === undefined) throw missing(`the CronJob ecr-anywhere-${name}`)
  return found
}

function lastRunFinding({ name, namespace, result, cause, startedAt }: LastRun, nowMs: number): Finding {
  const since = ageText(startedAt, nowMs)
  if (result !== 'failed')
    return ok(result === 'none' ? 'no Job is kept' : `${result}${since === undefined ? '' : `, started ${since} ago`}`)
  return failed(
    `that the latest run of ${name}${since === undefined ? '' : `, ${since} ago,`} failed: ${cause?.replace(`${name} failed: `, '') ?? 'without a message'}`,
    'a run that succeeds',
    `Fix what the message names, then run it at once: kubectl create job -n ${namespace} --from=cronjob/ecr-anywhere-${name} ${name}-now`,
  )
}

function recentFinding({ name, namespace, lastSuccessAt, createdAt }: LastRun, nowMs: number): Finding {
  const successMs = parseTime(lastSuccessAt)
  if (successMs !== undefined && nowMs - successMs <= maxSilenceMs) return ok(`${shortTime(nowMs - successMs)} ago`)
  const createdMs = parseTime(createdAt)
  if (successMs === undefined && createdMs !== undefined && nowMs - createdMs <= maxSilenceMs) return ok('the CronJob is new')
  return failed(
    successMs === undefined
      ? `no run of ${name} that has ever succeeded`
      : `the latest success of ${name} ${shortTime(nowMs - successMs)} ago`,
    `a success within ${shortTime(maxSilenceMs)}`,
    `See \`kubectl get jobs,pods -n ${namespace} -l app.kubernetes.io/component=${name}\`: a Job may not end, or its pods may not start.`,
  )
}

function ageText(time: string | undefined, nowMs: number): string | undefined {
  const atMs = parseTime(time)
  return atMs === undefined ? undefined : shortTime(nowMs - atMs)
}
