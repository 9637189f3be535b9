import { setTimeout as sleep } from 'node:timers/promises'
import { openCluster } from '../cluster/kube/open-cluster.ts'
import type { Options } from '../subcommands.ts'
import { documentText } from '../terminal/document.ts'
import { screenOf } from '../terminal/screen.ts'
import { checks as all } from './checks/checks.ts'
import { diagnose, exitCodeOf } from './diagnosis.ts'
import { diagnosisText } from './diagnosis-text.ts'
import { factsOf } from './facts/facts.ts'
import { knownNames } from './known-names.ts'
import { redactor } from './redact.ts'
import { readDoctorSettings } from './settings.ts'

/** Between two looks at the condition of an APIService. */
const pauseMs = 500

/**
 * `ecr-anywhere doctor`: walks the chain from the API server to the pods, and prints every check, the cause first. It stores nothing.
 *
 * @returns 0, or 1 if a check failed @throws Fault `settings`
 */
export async function main(given: Options): Promise<number> {
  const { checks, redact, context, kubeconfig, releaseNamespace, output } = readDoctorSettings(given, all)
  const cluster = await openCluster({ file: kubeconfig, context })
  try {
    const facts = factsOf(cluster, { releaseNamespace, nowMs: Date.now, pause: () => sleep(pauseMs) })
    const found = await diagnose(checks, facts)
    const shown = redact ? redactor(await knownNames(facts))(found) : found
    const { paint } = screenOf(process.stdout, process.env)
    const exitCode = exitCodeOf(found)
    process.stdout.write(output === 'text' ? diagnosisText(shown, paint) : documentText(output, { ok: exitCode === 0, ...shown }))
    return exitCode
  } finally {
    cluster.close()
  }
}
