import { base, merged, releaseNamespace, template, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'

const roleArn = 'arn:aws:iam::111122223333:role/pull'
const secret = { namespace: 'default', name: 'ecr-pull' }

test('contradictory values are rejected, and one message explains all of them', async t => {
  const keys = { name: 'AWS_ACCESS_KEY_ID', value: 'EXAMPLE' }
  const refused: [values: Values, ...sentences: RegExp[]][] = [
    [{ aws: { region: '' } }, /aws\.region: found nothing, wanted the region/],
    [{ aws: { webIdentity: { enabled: true } } }, /aws\.webIdentity\.enabled: found no aws\.roleArn/],
    [{ aws: { roleArn, webIdentity: { enabled: true } }, env: [keys] }, /aws\.webIdentity\.enabled: found static keys/],
    [{ aws: { existingSecret: { sessionTokenKey: 'a' } } }, /aws\.existingSecret\.name: found nothing/],
    [{ env: [{ name: 'AWS_REGION', value: 'eu-west-1' }] }, /env.*: found AWS_REGION, which the chart sets/],
    [{ extraEnv: [{ name: 'NAMESPACES', value: 'a' }], refresh: { namespaces: ['a'] } }, /found NAMESPACES, which the chart sets/],
    [{ env: [keys], extraEnv: [keys] }, /found AWS_ACCESS_KEY_ID more than once/],
    [{ env: [keys], pod: { container: { env: [{ name: 'A', value: 'b' }] } } }, /pod\.container\.env: found it together with env/],
    [{ tenants: [{ name: 'a' }, { name: 'a' }] }, /tenants: found two named a/],
    [{ tenants: [{ name: 'enabled' }] }, /tenants: found one named enabled/],
    [{ tenants: [{ name: 'a', externalId: 'xx' }] }, /found externalId without roleArn on a/],
    [{ tokenMaxAge: '5h', refresh: { before: '6h' } }, /tokenMaxAge and refresh\.before: found 5h and 6h/],
    [{ tokenMaxAge: '30m', refresh: { before: '10h30m' } }, /tokenMaxAge and refresh\.before/],
    [
      { webhook: { shutdownDelay: '6m', shutdownGrace: '0s' } },
      /webhook\.shutdownDelay: found 6m, wanted 0s to 5m/,
      /webhook\.shutdownGrace: found 0s/,
    ],
    [{ certs: { propagate: '25h', reload: '0s' } }, /certs\.propagate: found 25h, wanted 1s to 24h/, /certs\.reload: found 0s/],
    [{ check: { timeout: '11m' }, tokenMaxAge: '0s' }, /check\.timeout: found 11m, wanted 1s to 10m/, /tokenMaxAge: found 0s/],
    [
      { image: { repository: '' } },
      /image\.repository: found nothing, because no release has set it.*; wanted an image, so install the chart that `make release REG/,
    ],
    [{ secrets: [secret, secret] }, /secrets: found default\/ecr-pull twice/],
    [{ secrets: [{ ...secret, kind: 'basic-auth' }] }, /secrets: found 0 registries on default\/ecr-pull, wanted one/],
    [{ secrets: [{ ...secret, kind: 'argocd-repository' }] }, /secrets: found default\/ecr-pull without url/],
    ...[{ expiryConfigMap: true }, { type: 'oci' }].map((more): [Values, RegExp] => [
      { secrets: [{ ...secret, ...more }] },
      /secrets: found type or expiryConfigMap on default\/ecr-pull, which is dockerconfigjson/,
    ]),
    [{ secrets: [{ ...secret, url: 'oci://public.ecr.aws/a' }] }, /secrets: found url on default\/ecr-pull, which is dockerconfigjson/],
    [
      { secrets: [{ ...secret, kind: 'argocd-repository', url: 'oci://user:hunter2@public.ecr.aws/a' }] },
      /secrets: found url on default\/ecr-pull with an @, wanted a URL without user and password/,
    ],
    [
      { secrets: [{ ...secret, registries: ['public.ecr.aws', 'https://user:hunter2@public.ecr.aws'] }] },
      /secrets: found in registries of default\/ecr-pull a value that is not a host/,
    ],
    [{ secrets: [secret], refresh: { namespaces: ['kube-public'] } }, /refresh\.namespaces lacks default/],
    [
      { secrets: [{ namespace: releaseNamespace, name: 'mirror' }], imagePullSecrets: [{ name: 'other' }, { name: 'mirror' }] },
      /imagePullSecrets: found mirror, which secrets lists in this release's namespace\. .* could pull its image .*; wanted a Secret that/,
    ],
    [{ provision: { enabled: true }, refresh: { namespaces: ['default'] } }, /provision\.enabled: found it with refresh\.namespaces/],
    [{ provision: { secretName: 'pull' }, attach: { mode: 'off' } }, /provision\.secretName: found pull without provision\.enabled/],
    [
      { provision: { enabled: true, secretName: 'pull' }, imagePullSecrets: [{ name: 'pull' }] },
      /provision\.secretName: found pull, which is also one of imagePullSecrets/,
    ],
    [{ tls: { mode: 'certManager' } }, /tls\.certManager\.issuer\.name: found nothing/],
    [{ tls: { certManager: { issuer: { name: 'a' } } } }, /tls\.certManager\.issuer\.name: found it with tls\.mode self/],
    [{ tls: { mode: 'existingSecret' } }, /tls\.existingSecret: found nothing/],
    [{ tls: { existingSecret: 'a' } }, /tls\.existingSecret: found it with tls\.mode self/],
    [{ attestation: { mode: 'mtls' } }, /attestation\.mtls: found no clientCaConfigMap/],
    [{ attestation: { mtls: { clientNames: ['a'] } } }, /attestation\.mtls: found it with attestation\.mode auto/],
    [{ attestation: { mode: 'networkPolicy' } }, /attestation\.networkPolicy: found neither apiServerCidrs nor from/],
    [
      { attestation: { networkPolicy: { apiServerCidrs: ['192.0.2.1/32'] } } },
      /networkPolicy: found addresses or peers with attestation\.mode auto/,
    ],
    [{ webhook: { port: 9090 } }, /webhook\.port and webhook\.metricsPort: found 9090 twice/],
    [{ webhook: { hostNetwork: true } }, /webhook\.port: found 10250 with webhook\.hostNetwork, which is the port of kubelet/],
    [
      { networkPolicy: { enabled: false, metricsFrom: [{ podSelector: {} }] } },
      /networkPolicy\.metricsFrom: found it without networkPolicy\.enabled/,
    ],
    [
      { monitoring: { serviceMonitor: { enabled: true } } },
      /networkPolicy\.metricsFrom: found nothing with monitoring\.serviceMonitor\.enabled, wanted the peers/,
    ],
    [{ alerts: { staleAfter: '1m' } }, /alerts\.staleAfter: found 1m, wanted 5m to 24h/],
    [
      { webhook: { hostNetwork: true, port: 8443 }, networkPolicy: { egress: { enabled: true } } },
      /webhook\.hostNetwork: found it with a NetworkPolicy \(.*networkPolicy\.egress\.enabled/,
    ],
    [
      { networkPolicy: { egress: { aws: { to: [{ podSelector: {} }] } } } },
      /networkPolicy\.egress: found peers or a proxy without networkPolicy\.egress\.enabled/,
    ],
    [
      { networkPolicy: { egress: { enabled: true } }, extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy.example:3128' }] },
      /networkPolicy\.egress\.proxy: found HTTPS_PROXY .* neither networkPolicy\.egress\.proxy\.to nor networkPolicy\.egress\.proxy\.ports/,
    ],
    [{ commonLabels: { 'app.kubernetes.io/component': 'mine' } }, /commonLabels: found app\.kubernetes\.io\/component/],
    [{ webhook: { serviceAccount: { create: false } } }, /webhook\.serviceAccount\.name: found nothing/],
    [
      { webhook: { serviceAccount: { create: false, name: 'a', annotations: { b: 'c' } } } },
      /webhook\.serviceAccount\.annotations: found some/,
    ],
    [{ aws: { region: '' }, tls: { mode: 'certManager' }, webhook: { port: 9090 } }, /aws\.region/, /tls\.certManager/, /webhook\.port/],
  ]
  for (const [values, ...sentences] of refused) {
    const { code, stderr } = await template(merged(base, values))
    t.equal(code, 1, String(sentences[0]))
    t.notMatch(stderr, /hunter2/, 'no password is quoted')
    for (const sentence of sentences) t.match(stderr, sentence)
  }
})

test('an image pull secret does not conflict with a managed Secret of the same name in another namespace', async t => {
  const values = { secrets: [{ namespace: 'default', name: 'mirror' }], imagePullSecrets: [{ name: 'mirror' }] }
  t.equal((await template(merged(base, values))).code, 0)
})

test('a region can be set in any of the supported ways', async t => {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION'])
    for (const values of [{ env: [{ name, value: 'eu-west-1' }] }, { extraEnv: [{ name, value: 'eu-west-1' }] }])
      t.equal((await template(values)).code, 0, JSON.stringify(values))
})
