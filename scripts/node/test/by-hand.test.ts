import t from 'tap'
import { byHand } from '../by-hand.ts'

t.test('the commands contain the cluster, its network and the release', async t => {
  const namespaces = { release: 'ecr-release', apps: 'apps' }
  const place = {
    kubeconfig: '/tmp/n/kubeconfig',
    netns: 'ecr-anywhere-1',
    bin: '/cache/bin',
    awsUrl: 'http://10.0.0.1:4566',
    release: 'pull',
    namespaces,
  }
  const { enter, commands } = byHand(place)
  t.same(enter, ['export KUBECONFIG=/tmp/n/kubeconfig PATH=/cache/bin:$PATH', 'nsenter --net=/var/run/netns/ecr-anywhere-1 bash'])
  for (const part of ['-n apps', 'helm test pull -n ecr-release', 'curl http://10.0.0.1:4566/'])
    t.ok(
      commands.some(line => line.includes(part)),
      part,
    )
})
