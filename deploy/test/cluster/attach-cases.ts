import { releaseNamespace } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import { ecrImage, fromEcr, type PodParts, secretName } from './attach-bed.ts'

const account = '123456789012'
const hosts = [
  `${account}.dkr.ecr.us-east-1.amazonaws.com`,
  `${account}.dkr.ecr-fips.us-gov-west-1.amazonaws.com`,
  `${account}.dkr-ecr.us-west-2.on.aws`,
  `${account}.dkr-ecr-fips.us-west-2.on.aws`,
  `${account}.dkr.ecr.cn-north-1.amazonaws.com.cn`,
  `${account}.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn`,
  `${account}.dkr.ecr.eusc-de-east-1.amazonaws.eu`,
  `${account}.dkr.ecr.us-iso-east-1.c2s.ic.gov`,
  `${account}.dkr.ecr.us-isob-east-1.sc2s.sgov.gov`,
  `${account}.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk`,
  `${account}.dkr.ecr.us-isof-south-1.csp.hci.ic.gov`,
  'public.ecr.aws',
  'ecr-public.aws.com',
]
const digest = `sha256:${'0'.repeat(64)}`
const nginx = { name: 'nginx', image: 'nginx' }
const other = { name: 'regcred' }
const ours = { name: secretName }
const image = (name: string) => ({ spec: { containers: [{ name: 'app', image: name }] } })

/** Pods that get the Secret: what they have, and the names of their image pull secrets then. */
export const attachedCases: [about: string, parts: PodParts, pullSecrets?: string[]][] = [
  ...hosts.map(host => [`an image from ${host}`, image(`${host}/team/app:1`)] as [string, PodParts]),
  ['an image with a digest', image(`${hosts[0]}/app@${digest}`)],
  ['an image with a tag and a digest', image(`${hosts[0]}/app:1@${digest}`)],
  ['an image with a port', image(`${hosts[0]}:443/app`)],
  ['the second container', { spec: { containers: [nginx, { name: 'app', image: ecrImage }] } }],
  ['an init container', { spec: { initContainers: [{ name: 'init', image: ecrImage }] } }],
  ['a sidecar', { spec: { initContainers: [{ name: 'init', image: ecrImage, restartPolicy: 'Always' }] } }],
  ['a generated name', { metadata: { name: undefined, generateName: 'app-' }, ...image(ecrImage) }],
  ['another image pull secret', { spec: { ...fromEcr, imagePullSecrets: [other] } }, ['regcred', secretName]],
  ['the Secret already', { spec: { ...fromEcr, imagePullSecrets: [ours, other] } }, [secretName, 'regcred']],
  ['an empty list of image pull secrets', { spec: { ...fromEcr, imagePullSecrets: [] } }],
  ['the label attach with another value than false', { metadata: { labels: { [labels.attach]: 'true' } }, spec: fromEcr }],
  ['a hundred containers', { spec: { containers: [...many(100, 'nginx'), ...fromEcr.containers] } }],
]

/** Pods that are not changed. */
export const unchangedCases: [about: string, parts: PodParts, pullSecrets?: string[]][] = [
  ['an image of Docker Hub', {}],
  ['another image and another image pull secret', { spec: { imagePullSecrets: [other] } }, ['regcred']],
  ['a host that ends like one of ECR', image(`evil.example.${hosts[0]}/app`)],
  ['a host that begins like one of ECR', image(`${hosts[0]}.evil.example/app`)],
  ['a path that contains a host of ECR', image(`evil.example/${hosts[0]}/app`)],
  ['an account of 11 digits', image(`${hosts[0]?.slice(1)}/app`)],
  ['an image of Docker Hub that is named like ECR Public', image('public.ecr.aws')],
  ['the label that opts out', { metadata: { labels: { [labels.attach]: 'false' } }, spec: fromEcr }],
  ['a namespace that is not enabled', { namespace: 'attach-plain', spec: fromEcr }],
  ['a namespace that opted out', { namespace: 'attach-out', spec: fromEcr }],
  ['kube-system, although it is enabled', { namespace: 'kube-system', spec: fromEcr }],
  ['the namespace of the release, although it is enabled', { namespace: releaseNamespace, spec: fromEcr }],
]

/** A pod whose images cannot be tested within the cost limit of expressions. */
export const tooCostly = { containers: [...many(4_000, `registry.example.com/${'a'.repeat(200)}`), ...fromEcr.containers] }

function many(count: number, image: string) {
  return Array.from({ length: count }, (_, at) => ({ name: `c${at}`, image }))
}
