import { isAtLeast, serverVersion } from '../cluster/server-version.ts'
import { base, merged, type Values } from './helm.ts'

/** The minor version of Kubernetes 1 from which the API server serves MutatingAdmissionPolicies as v1. */
export const mutatingPoliciesSince = 36

export type BedAttestation = 'policy' | 'aggregated'

/** The `attestation.mode` of the testbeds on this control plane: ATTESTATION, or else `policy` if it is supported. */
export async function bedAttestation(): Promise<BedAttestation> {
  if (process.env.ATTESTATION === 'aggregated') return 'aggregated'
  return (await withoutMutatingPolicies()) === false ? 'policy' : 'aggregated'
}

/** This mode as values of the chart, added to the minimal values. */
export async function bedValues(mode?: BedAttestation): Promise<Values> {
  // Without tickets, so that each review goes through the aggregated API.
  return merged(base, { attestation: { mode: mode ?? (await bedAttestation()), aggregated: { tickets: false } } })
}

/** For `skip` of tap: the reason why a test that needs MutatingAdmissionPolicies or their tickets is skipped, or false if it runs. */
export async function withoutMutatingPolicies(): Promise<string | false> {
  if (process.env.ATTESTATION === 'aggregated') return 'in mode aggregated, no policy writes tickets'
  return whyWithoutMutatingPolicies(await serverVersion())
}

export function whyWithoutMutatingPolicies(version: string): string | false {
  if (isAtLeast(version, mutatingPoliciesSince)) return false
  return `Kubernetes ${version} serves no MutatingAdmissionPolicy v1, which came with 1.${mutatingPoliciesSince}`
}
