import t from 'tap'
import { parsePod } from '../../src/attach/pod.ts'

const podOf = (spec: Record<string, unknown>) => parsePod({ apiVersion: 'v1', kind: 'Pod', spec })

t.test('the images of containers, init containers and volumes are read, and the names of pull secrets', async t => {
  const spec = {
    containers: [{ image: 'a' }],
    initContainers: [{ image: 'b' }],
    volumes: [{ image: { reference: 'c' } }],
    imagePullSecrets: [{ name: 'd' }],
  }
  t.strictSame(podOf(spec), { images: ['a', 'b', 'c'], pullSecrets: ['d'] })
})

t.test('what is not a text is left out', async t => {
  const spec = { containers: [{ image: 7 }, {}, null], initContainers: 'b', volumes: [{ image: 'c' }], imagePullSecrets: [{ name: 7 }, {}] }
  t.strictSame(podOf(spec), { images: [], pullSecrets: [] })
  t.strictSame(podOf({}), { images: [], pullSecrets: undefined })
})
