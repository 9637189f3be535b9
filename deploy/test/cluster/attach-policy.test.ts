import { withoutMutatingPolicies } from '@ecr-anywhere/scripts/testbed/attestation.ts'
import t from 'tap'
import { startAttach } from './attach-bed.ts'
import { provesAttach } from './attach-proof.ts'

const skip = await withoutMutatingPolicies()
if (skip) t.pass('skipped', { skip })
else {
  const bed = await startAttach(t, 'policy')
  provesAttach(t, bed)
}
