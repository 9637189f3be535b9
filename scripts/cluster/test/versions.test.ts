import t from 'tap'
import { controlPlaneOf, groups } from '../binaries.ts'
import { kubernetesVersion, kubernetesVersions, versions } from '../versions.ts'

t.test('a version is given as a minor or a full version, and the default is the standard version', async t => {
  for (const none of [undefined, '']) t.equal(kubernetesVersion(none), versions.kubernetes)
  for (const [minor, version] of Object.entries(kubernetesVersions)) {
    t.equal(kubernetesVersion(minor), version)
    t.equal(kubernetesVersion(version), version)
  }
  t.throws(() => kubernetesVersion('1.29'), { message: 'found the Kubernetes version 1.29; expected one of 1.30, 1.33, 1.36, 1.37.' })
})

t.test('only the API server and its controllers are built for another version, and they report that version', async t => {
  const built = controlPlaneOf('1.30.14')
  t.same(
    built.map(({ name }) => name),
    ['kube-apiserver', 'kube-controller-manager'],
  )
  for (const { version, flags } of built) {
    t.equal(version, '1.30.14')
    t.match(flags.join(' '), /gitVersion=v1\.30\.14 .*gitMinor=30$/)
  }
  t.same(
    groups.controlplane.map(({ name }) => name),
    ['etcd', ...built.map(({ name }) => name), 'kubectl'],
  )
})
