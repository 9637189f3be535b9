import type { Check } from '../check.ts'
import { admissionChecks } from './admission.ts'
import { attachChecks } from './attach.ts'
import { attestationChecks, callerChecks } from './attestation.ts'
import { awsChecks } from './aws.ts'
import { clusterChecks } from './cluster.ts'
import { jobChecks } from './jobs.ts'
import { namespaceChecks } from './namespaces.ts'
import { networkChecks } from './network.ts'
import { releaseChecks, versionChecks } from './release.ts'
import { reportChecks } from './report.ts'
import { rightsChecks } from './rights.ts'
import { secretChecks, writerChecks } from './secrets.ts'
import { workloadChecks } from './workload.ts'

/** All checks, in the order of the chain: what fails first is the cause of what fails after it, not the reverse. */
export const checks: readonly Check[] = [
  ...clusterChecks,
  ...releaseChecks,
  ...networkChecks,
  ...workloadChecks,
  ...attestationChecks,
  ...admissionChecks,
  ...rightsChecks,
  ...awsChecks,
  ...jobChecks,
  ...namespaceChecks,
  ...attachChecks,
  ...writerChecks,
  ...reportChecks,
  ...secretChecks,
  ...callerChecks,
  ...versionChecks,
]
