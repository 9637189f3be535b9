import type { CheckResult } from '@ecr-anywhere/cli/doctor/check.ts'
import { causeIn } from '@ecr-anywhere/cli/doctor/check.ts'
import { checks } from '@ecr-anywhere/cli/doctor/checks/checks.ts'
import { diagnosisText } from '@ecr-anywhere/cli/doctor/diagnosis-text.ts'
import { asFinding } from '@ecr-anywhere/cli/doctor/problem-parts.ts'
import { ok } from '@ecr-anywhere/cli/findings/finding.ts'
import type { Screen } from '@ecr-anywhere/cli/terminal/screen.ts'

const shown = ['cluster-reachable', 'webhook-ready', 'ca-bundle', 'tokens', 'dry-run', 'refresh-suspended', 'secret-expired']
const denied =
  'found AccessDeniedException from ecr:GetAuthorizationToken for arn:aws:sts::123456789012:assumed-role/pull/production-team-a in us-east-1; wanted an authorization token. Allow ecr:GetAuthorizationToken on * in the permission policy of the role.'

const found: Record<string, string> = {
  'cluster-reachable': 'Kubernetes v1.36.3 at https://10.0.0.1:6443',
  'webhook-ready': '2 pods',
  'ca-bundle': 'on each webhook and APIService that needs it',
  'refresh-suspended': '*/15 * * * *',
  'secret-expired': 'of 4 managed Secrets',
}

const results: CheckResult[] = shown.flatMap(id => {
  const check = checks.find(one => one.id === id)
  if (check === undefined) throw new Error(`there is no check ${id}`)
  return [{ id, title: check.title, ...(found[id] === undefined ? asFinding(denied) : ok(found[id])) }]
})

/** A cluster in which the role of a tenant may not request tokens, with some of the checks. */
export function doctorExample({ paint }: Screen): string {
  return diagnosisText({ context: 'production', cause: causeIn(results), results }, paint)
}

/** The table of all checks, in their order. */
export function checksTable(): string {
  return [
    '| check | what should be so |',
    '| --- | --- |',
    ...checks.map(({ id, title }) => `| [\`${id}\`](runbook.md#${id}) | ${title} |`),
  ].join('\n')
}
