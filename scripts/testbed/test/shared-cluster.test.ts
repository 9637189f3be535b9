import t from 'tap'
import { joined, sharedKubeconfig } from '../shared-cluster.ts'

t.test('of the files that run at once, each has a control plane of its own', async t => {
  const list = joined(['/tmp/a/kubeconfig', '/tmp/b/kubeconfig'])
  t.equal(sharedKubeconfig({ TEST_KUBECONFIG: list, TAP_JOB_ID: '0' }), '/tmp/a/kubeconfig')
  t.equal(sharedKubeconfig({ TEST_KUBECONFIG: list, TAP_JOB_ID: '1' }), '/tmp/b/kubeconfig')
  t.throws(() => sharedKubeconfig({ TEST_KUBECONFIG: list, TAP_JOB_ID: '2' }), /found job 2/)
})

t.test('a file that is run by itself has none of a suite', async t => {
  t.equal(sharedKubeconfig({}), undefined)
  t.equal(sharedKubeconfig({ TEST_KUBECONFIG: '/tmp/a/kubeconfig' }), '/tmp/a/kubeconfig')
})
