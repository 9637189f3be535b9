import t from 'tap'
import { joined, sharedKubeconfig } from '../shared-cluster.ts'

t.test('each of the concurrent files has its own control plane', async t => {
  const list = joined(['/tmp/a/kubeconfig', '/tmp/b/kubeconfig'])
  t.equal(sharedKubeconfig({ TEST_KUBECONFIG: list, TAP_JOB_ID: '0' }), '/tmp/a/kubeconfig')
  t.equal(sharedKubeconfig({ TEST_KUBECONFIG: list, TAP_JOB_ID: '1' }), '/tmp/b/kubeconfig')
  t.throws(() => sharedKubeconfig({ TEST_KUBECONFIG: list, TAP_JOB_ID: '2' }), /found job 2/)
})

t.test('a file that runs alone does not use a control plane of a suite', async t => {
  t.equal(sharedKubeconfig({}), undefined)
  t.equal(sharedKubeconfig({ TEST_KUBECONFIG: '/tmp/a/kubeconfig' }), '/tmp/a/kubeconfig')
})
