import { causeLines, findingLines } from '../findings/findings-text.ts'
import type { Paint } from '../terminal/paint.ts'
import type { Diagnosis } from './diagnosis.ts'
import { counted } from './named.ts'

/** The page with a section for each check. */
const runbook = 'https://github.com/CentML/ecr-anywhere/blob/main/docs/runbook.md'

/** The cause first, then every check in the order of the chain. */
export function diagnosisText({ context, cause, results }: Diagnosis, paint: Paint): string {
  const count = (state: string) => results.filter(result => result.state === state).length
  const summary = `${counted(results.length, 'check')} of ${context}: ${count('ok')} ok, ${count('failed')} failed, ${count('cannot tell')} cannot tell.`
  const first =
    cause?.state === 'failed'
      ? [
          paint(`Cause: ${cause.id} failed. Expected that ${cause.title}.`, 'red'),
          ...causeLines({ ...cause, more: `${runbook}#${cause.id}` }),
        ]
      : [paint(count('cannot tell') === 0 ? 'Every link works.' : 'No link was found broken, but not all could be seen.', 'green')]
  return `${[first.join('\n'), findingLines(results.map(withId), paint).join('\n'), summary].join('\n\n')}\n`
}

function withId(result: Diagnosis['results'][number]) {
  return { ...result, title: `${result.id}: ${result.title}` }
}
