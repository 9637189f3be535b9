import { withoutMutatingPolicies } from '@ecr-anywhere/scripts/testbed/attestation.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { ecrImage, fromEcr, namespace, secretName, startAttach } from './attach-bed.ts'
import { tooCostly } from './attach-cases.ts'
import { provesMirrors } from './attach-mirrors.ts'
import { provesAttach } from './attach-proof.ts'

const skip = await withoutMutatingPolicies()
if (skip) t.pass('skipped', { skip })
else {
  const bed = await startAttach(t, 'policy')
  const { kubectl } = bed.cluster
  const { pullSecretsOf } = bed
  const annotate = (value: string) => kubectl('annotate', '--overwrite', 'namespace', namespace, value)
  const named = (name: string) => annotate(`${annotations.pullSecret}=${name}`)

  provesAttach(t, bed)
  provesMirrors(t, bed)

  t.test('an image volume from ECR counts as well', async t => {
    const volume = (reference: string) => ({ spec: { volumes: [{ name: 'data', image: { reference } }] } })
    t.strictSame(await pullSecretsOf(volume(ecrImage)), [secretName])
    t.strictSame(await pullSecretsOf(volume('docker.io/library/data:1')), [])
  })

  t.test('the annotation of a namespace names its Secret', async t => {
    for (const name of ['regcred', 'team.registry-1', `a${'b'.repeat(251)}c`]) {
      const { code, stderr } = await named(name)
      t.strictSame([code, stderr], [0, ''])
      await until('the annotation is in force', async () => (await pullSecretsOf({ spec: fromEcr })).includes(name))
      t.strictSame(await pullSecretsOf({ spec: { ...fromEcr, imagePullSecrets: [{ name: secretName }] } }), [secretName, name])
      t.strictSame(await pullSecretsOf({}), [])
    }
  })

  t.test('a name that is not valid is never attached, and whoever writes it gets a warning', async t => {
    for (const name of ['', 'Regcred', 'a_b', 'a..b', '-a', 'a-', 'a/b', 'a b', '"},{"name":"b', `a${'b'.repeat(252)}c`]) {
      await must(named('regcred'))
      await until('a valid name is in force', async () => (await pullSecretsOf({ spec: fromEcr })).includes('regcred'))
      const { code, stderr } = await named(name)
      t.equal(code, 0)
      t.match(stderr, /ecr-anywhere: found an annotation ecr-anywhere\.centml\.ai\/pull-secret that is not the name of a Secret/, name)
      await until('the annotation is in force', async () => (await pullSecretsOf({ spec: fromEcr })).length === 0)
    }
  })

  t.test('without the annotation, the name of the values is attached, and without both, none', async () => {
    await must(annotate(`${annotations.pullSecret}-`))
    await until('the default is in force', async () => (await pullSecretsOf({ spec: fromEcr })).includes(secretName))
    await bed.reinstall(/^ecr-anywhere-attach/, { provision: { secretName: '' } })
    await until('no pod is changed', async () => (await pullSecretsOf({ spec: fromEcr })).length === 0)
    await must(named('regcred'))
    await until('the annotation alone is enough', async () => (await pullSecretsOf({ spec: fromEcr })).includes('regcred'))
  })

  t.test('a pod that exceeds the cost limit of expressions is created unchanged, and the API server counts an error', async t => {
    for (const [mirrors, metric] of [
      [false, 'apiserver_admission_match_condition_evaluation_errors_total{kind="policy",name="ecr-anywhere-attach"'],
      [true, 'apiserver_mutating_admission_policy_check_total{error_type="invalid_error",policy="ecr-anywhere-attach"'],
    ] as const) {
      await bed.reinstall(/^ecr-anywhere-attach/, { attach: { mirrors } })
      await until(`the API server counts in ${metric}`, async () => {
        t.strictSame(await pullSecretsOf({ spec: tooCostly }), [])
        return (await must(kubectl('get', '--raw', '/metrics'))).includes(metric)
      })
    }
  })
}
