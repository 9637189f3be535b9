import type { Answers } from '@ecr-anywhere/cli/init/answers.ts'
import { answersOf } from '@ecr-anywhere/cli/init/answers-of.ts'
import { choose, type Survey } from '@ecr-anywhere/cli/init/choose.ts'
import { initPlan } from '@ecr-anywhere/cli/init/plan.ts'
import { planText } from '@ecr-anywhere/cli/init/plan-text.ts'
import { readInitSettings } from '@ecr-anywhere/cli/init/settings.ts'
import type { Screen } from '@ecr-anywhere/cli/terminal/screen.ts'

const issuer = 'https://container.googleapis.com/v1/projects/my-project/locations/europe-west1/clusters/prod'
const repository = 'arn:aws:ecr:eu-west-1:111122223333:repository/team-a/*'

/** A cluster of GKE, whose issuer is public. */
const survey: Survey = {
  context: 'gke_my-project_europe-west1_prod',
  namespace: 'shop',
  signs: { version: 'v1.36.3-gke.1829001', issuer, server: 'https://34.77.0.1', groups: [] },
  issuer,
  answer: { issuer },
  documents: undefined,
  unread: [],
}
const settings = readInitSettings({ account: '111122223333', region: 'eu-west-1', repository: [repository], clusterName: 'prod' }, {})
const { chosen, findings } = await choose(settings, survey, undefined)
const answers: Answers = answersOf(settings, chosen)

export const initCommand = `ecr-anywhere init --account 111122223333 --region eu-west-1 --cluster-name prod --repository '${repository}'`

export function initExample({ paint }: Screen): string {
  return planText(initPlan(answers, findings), { isWritten: true, paint })
}
