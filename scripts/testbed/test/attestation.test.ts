import t from 'tap'
import { isAtLeast, versionIn } from '../../cluster/server-version.ts'
import { whyWithoutMutatingPolicies } from '../attestation.ts'

t.test('the version is read from the output of kube-apiserver', async t => {
  t.equal(versionIn('Kubernetes v1.30.14\n'), '1.30.14')
  t.equal(versionIn('Kubernetes v1.37.2+k3s1\n'), '1.37.2')
  t.throws(() => versionIn('Kubernetes unknown'), /found "Kubernetes unknown"/)
  t.same(
    ['1.9.0', '1.35.7', '1.36.0', '1.100.1'].map(version => isAtLeast(version, 36)),
    [false, false, true, true],
  )
})

t.test('a test that needs MutatingAdmissionPolicies runs from 1.36 on, and is skipped with a reason on older versions', async t => {
  for (const version of ['1.36.3', '1.37.2']) t.equal(whyWithoutMutatingPolicies(version), false)
  for (const version of ['1.30.14', '1.35.9'])
    t.match(whyWithoutMutatingPolicies(version), new RegExp(`^Kubernetes ${version} serves no Mut`))
})
