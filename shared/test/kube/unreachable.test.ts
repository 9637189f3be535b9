import t from 'tap'
import { unreachable } from '../../src/kube/unreachable.ts'

const failed = (code: string) => unreachable(new URL('https://k8s.example:6443/base'), Object.assign(new Error('x'), { code }))

t.test('an API server that does not answer is named, with the next command', async t => {
  t.match(failed('ECONNREFUSED'), {
    kind: 'transient',
    code: 'ECONNREFUSED',
    message: /^found ECONNREFUSED from the API server at k8s\.example:6443; wanted an answer\. .* Try `kubectl cluster-info`\.$/,
  })
})

t.test('an API server whose certificate is not trusted did answer: the kubeconfig is wrong', async t => {
  for (const code of ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'SELF_SIGNED_CERT_IN_CHAIN', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'])
    t.match(failed(code).message, /wanted a certificate of the kubeconfig's CA.* Is the kubeconfig that of another or an older cluster\?/)
})
