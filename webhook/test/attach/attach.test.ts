import t from 'tap'
import { attach } from '../../src/attach/attach.ts'
import { review, uid } from '../admission/world.ts'
import { attached, ecr, fromEcr, pod, secretName } from './pods.ts'

const ours = { name: secretName }
const other = { name: 'regcred' }

const changed: [about: string, spec: Record<string, unknown>, pullSecrets: object[]][] = [
  ['a container', { containers: [fromEcr] }, [ours]],
  ['one container of two', { containers: [{ name: 'a', image: 'nginx' }, fromEcr] }, [ours]],
  ['an init container', { initContainers: [fromEcr] }, [ours]],
  ['an image volume', { volumes: [{ name: 'data', image: { reference: ecr } }] }, [ours]],
  ['a container, in a Pod with another image pull secret', { containers: [fromEcr], imagePullSecrets: [other] }, [other, ours]],
  ['a container, in a Pod with an empty list', { containers: [fromEcr], imagePullSecrets: [] }, [ours]],
  ['a container, in a Pod with null as its list', { containers: [fromEcr], imagePullSecrets: null }, [ours]],
]

for (const [about, spec, pullSecrets] of changed) {
  t.test(`the Secret is attached for an image of ${about}`, async t => {
    const { result, reply, record, pullSecrets: found } = attached(pod(spec))
    t.strictSame(found, pullSecrets)
    t.match(reply.response, { uid, allowed: true, patchType: 'JSONPatch', warnings: undefined })
    t.strictSame([result, record.why], ['attached', 'an image from ECR'])
  })
}

const unchanged: [about: string, object: unknown, why: RegExp][] = [
  ['a Pod without an image from ECR', pod(), /no image from ECR/],
  ['an image that only looks like ECR', pod({ containers: [{ image: `evil.example/${ecr}` }] }), /no image/],
  ['an ephemeral container, which cannot be part of a new Pod', pod({ ephemeralContainers: [fromEcr] }), /no image/],
  ['a Pod that names the Secret', pod({ containers: [fromEcr], imagePullSecrets: [other, ours] }), /names the Secret already/],
  ['a Pod without a spec', { apiVersion: 'v1', kind: 'Pod' }, /no image/],
  [
    'a Pod whose fields have other types',
    pod({ containers: 'a', initContainers: { image: ecr }, volumes: [null, 'a', { image: ecr }] }),
    /no image/,
  ],
  ['a Pod without images', pod({ containers: [{}, { image: 7 }, null] }), /no image/],
  ['another object', { ...pod({ containers: [fromEcr] }), kind: 'Deployment' }, /not a v1 Pod/],
  ['another version', { ...pod({ containers: [fromEcr] }), apiVersion: 'v2' }, /not a v1 Pod/],
  ['no object', null, /not a v1 Pod/],
]

for (const [about, object, why] of unchanged) {
  t.test(`nothing is changed, and nothing is denied, for ${about}`, async t => {
    const { result, reply, record } = attached(object)
    t.strictSame(reply.response, { uid, allowed: true })
    t.equal(result, 'unchanged')
    t.match(record.why, why)
  })
}

t.test('the record names the Pod, and contains nothing else of it', async t => {
  const { record } = attach(review({ object: pod({ containers: [fromEcr] }) }), secretName)
  t.strictSame(record, { uid, namespace: 'team-a', name: 'pull', why: 'an image from ECR' })
  const generated = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { uid, object: pod() } }
  t.match(attach(generated, secretName).record, { namespace: '', name: '' })
})

t.test('a body that is not a review is refused', async t => {
  for (const body of [null, {}, [], 'a', { kind: 'AdmissionReview' }])
    t.throws(() => attach(body, secretName), { kind: 'input', message: /not an AdmissionReview/ })
})
