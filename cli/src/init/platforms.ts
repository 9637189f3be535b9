import type { Values } from '../migrate/move.ts'
import type { PlatformName } from './choices.ts'

/** What differs on a platform. The pages in docs/getting-started explain each value. */
export interface Platform {
  title: string
  /** The audience of the tokens that AWS accepts. */
  audience: string
  values: Values
  /** Whether the installation of the cluster usually creates the IAM OIDC provider. */
  hasProvider: boolean
  /** What makes a private issuer public on this platform, as one sentence. */
  publish: string
  notes: readonly string[]
}

/** The default audience of AWS's SDKs. */
const audience = 'sts.amazonaws.com'
const plainPublish =
  'Start kube-apiserver with a public issuer before the present one (--service-account-issuer twice), and give it here with --issuer.'

/** https://learn.microsoft.com/azure/aks/faq#can-admission-controller-webhooks-impact-kube-system-and-internal-aks-namespaces */
const noEnforcer = { webhook: { configurationAnnotations: { 'admissions.enforcer/disabled': 'true' } } }

export const platformOf: Record<PlatformName, Platform> = {
  plain: {
    title: 'Kubernetes without a platform of its own',
    audience,
    values: {},
    hasProvider: false,
    publish: plainPublish,
    notes: ['The API servers connect to port 10250 of the pods of the webhook (webhook.port). Open it in firewalls between them.'],
  },
  eks: {
    title: 'EKS',
    audience,
    values: {},
    hasProvider: true,
    publish: 'Every EKS cluster has a public issuer, so this may be another cluster: compare `aws eks describe-cluster`.',
    notes: [
      'On EKS, do not use this for pods of the account of the cluster: their nodes pull from ECR with the role of the node, without a Secret. Use it for other programs (Argo CD, Flux, Kaniko, BuildKit), for a role for each namespace, or for nodes without such a role.',
      'If pods have addresses of an overlay network (Calico, Cilium), set webhook.hostNetwork and another webhook.port: see docs/getting-started/eks.md.',
    ],
  },
  gke: {
    title: 'GKE',
    audience,
    values: {},
    hasProvider: false,
    publish: 'Every GKE cluster has a public issuer, so this may be another cluster.',
    notes: [
      'Keep webhook.port 10250: the firewall of a private GKE cluster lets the control plane reach only the ports 443 and 10250 of pods.',
      'Nodes without a public address need Cloud NAT or a proxy to reach AWS, and a remote repository for the image (global.imageRegistry): see docs/getting-started/gke.md.',
    ],
  },
  aks: {
    title: 'AKS',
    audience,
    values: noEnforcer,
    hasProvider: false,
    publish:
      'Enable the public issuer with `az aks update --enable-oidc-issuer --name CLUSTER --resource-group GROUP`, then run this again.',
    notes: [
      'The issuer of AKS ends with a slash, which must be kept everywhere.',
      'webhook.configurationAnnotations keeps the Admissions Enforcer of AKS from changing the webhook configurations.',
    ],
  },
  openshift: {
    title: 'OpenShift',
    audience: 'openshift',
    values: {},
    hasProvider: true,
    publish:
      'Install the cluster with STS (ROSA, or ccoctl), or configure its issuer: see "Clusters without STS" in docs/getting-started/openshift.md.',
    notes: [
      'On ROSA, and after an installation with ccoctl, the IAM OIDC provider exists, with the audience openshift.',
      'Behind a cluster-wide proxy, set `env` (HTTPS_PROXY, AWS_CA_BUNDLE): see docs/getting-started/openshift.md. If the registry is in another account, its repositories need a policy.',
    ],
  },
  k3s: {
    title: 'k3s',
    audience,
    values: {},
    hasProvider: false,
    publish:
      'Start k3s with --kube-apiserver-arg=service-account-issuer=https://…, an address at which you publish the documents of the issuer, and give it here with --issuer.',
    notes: ['On a single node, set webhook.replicas to 1. Keep webhook.port: the pods have a network of their own.'],
  },
}
