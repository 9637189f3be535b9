import t from 'tap'
import { pullFailure } from '../../src/pods/pull-failure.ts'
import { troubles } from '../../src/pods/trouble.ts'

const image = '123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1'
const resolve = `failed to pull and unpack image "${image}": failed to resolve reference "${image}":`

/** Messages of containerd 2 and CRI-O 1.33, as kubelets report them. */
for (const [cause, message] of [
  [
    'no credentials',
    `${resolve} pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
  ],
  [
    'expired',
    `${resolve} unexpected status from HEAD request to https://x/v2/a/manifests/1: 403 Forbidden: denied: Your authorization token has expired. Reauthenticate and try again.`,
  ],
  ['refused', `${resolve} unexpected status from HEAD request to https://x/v2/a/manifests/1: 401 Unauthorized`],
  ['not authorized', `${resolve} unexpected status from HEAD request to https://x/v2/a/manifests/1: 403 Forbidden`],
  ['missing', `${resolve} ${image}: not found`],
  ['missing', `reading manifest 1 in ${image}: manifest unknown`],
  ['platform', `failed to pull and unpack image "${image}": no match for platform in manifest: not found`],
  ['platform', 'no image found in image index for architecture "arm64", variant "v8", OS "linux"'],
  ['network', `${resolve} failed to do request: Head "https://x/v2/a/manifests/1": dial tcp: lookup x on 10.96.0.10:53: no such host`],
  ['network', `${resolve} failed to do request: Head "https://x/v2/a/manifests/1": dial tcp 10.0.0.1:443: i/o timeout`],
  [
    'certificate',
    `${resolve} failed to do request: Head "https://x/": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
  ],
  [
    'throttled',
    `${resolve} unexpected status from HEAD request to https://x/v2/a/manifests/1: 429 Too Many Requests - Server message: toomanyrequests`,
  ],
  ['unknown', `Back-off pulling image "${image}"`],
] as const) {
  t.test(`${cause}: ${message.slice(-60)}`, async t => t.equal(pullFailure(message).cause, cause))
}

t.test('an older kubelet tells the reason in an Event only', async t => {
  const waiting = [
    { container: 'app', image, reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` },
    { container: 'other', image, reason: 'ContainerCreating', message: '' },
  ]
  const event = (message: string) => ({ reason: 'Failed', type: 'Warning', message, metadata: { creationTimestamp: '' } })
  const found = troubles({ waiting }, [
    event('Error: ErrImagePull'),
    event(`Failed to pull image "${image}": ${resolve} ${image}: not found`),
  ])
  t.match(found, [{ container: 'app', failure: { cause: 'missing' }, message: /not found$/ }])
  t.equal(found.length, 1)
})
