import type { Values } from '@ecr-anywhere/scripts/testbed/helm.ts'

const roleArn = 'arn:aws:iam::111122223333:role/pull'
const aws = { region: 'us-east-1' }

/** Values that together cover the options of the chart. Tests render each twice, lint it and apply it to a real API server. */
export const variants: Record<string, Values> = {
  least: { aws },
  'web identity': { aws: { ...aws, roleArn, webIdentity: { enabled: true } } },
  'existing Secret': { aws: { ...aws, existingSecret: { name: 'aws-keys', sessionTokenKey: 'AWS_SESSION_TOKEN' } } },
  "the original's values": {
    pod: {
      container: {
        env: [
          { name: 'AWS_ACCESS_KEY_ID', value: 'EXAMPLE' },
          { name: 'AWS_SECRET_ACCESS_KEY', value: 'EXAMPLE' },
          { name: 'AWS_ROLE_ARN', value: roleArn },
          { name: 'AWS_REGION', value: 'us-east-1' },
        ],
      },
    },
  },
  tenants: {
    aws,
    tenants: [
      { name: 'default', registries: ['111122223333.dkr.ecr.us-east-1.amazonaws.com'] },
      {
        name: 'team-a',
        roleArn,
        externalId: 'extern',
        sessionTags: { team: 'a' },
        allowedRegistries: ['111122223333.dkr.ecr.*.amazonaws.com'],
      },
      { name: `long-${'x'.repeat(58)}`, webIdentity: { roleArn, tokenFile: '/tokens/b' } },
      { name: '1st', profile: 'other' },
    ],
  },
  "tenants' namespaces": {
    aws,
    tenants: [
      { name: 'default', namespaces: ['shop-*'] },
      { name: 'team-a', roleArn, namespaces: ['team-a', 'team-*-a'] },
      { name: 'team-b', roleArn },
    ],
  },
  'Secrets and Roles only': {
    aws,
    refresh: { namespaces: ['default', 'kube-public'] },
    secrets: [
      { namespace: 'default', name: 'ecr-pull' },
      { namespace: 'default', name: 'login', kind: 'basic-auth', registries: ['public.ecr.aws'] },
      {
        namespace: 'kube-public',
        name: 'charts',
        kind: 'argocd-repository',
        url: 'oci://public.ecr.aws/charts',
        type: 'oci',
        expiryConfigMap: true,
      },
    ],
  },
  'cert-manager': { aws, tls: { mode: 'certManager', certManager: { issuer: { name: 'internal-ca', kind: 'ClusterIssuer' } } } },
  'cert-manager without tickets': {
    aws,
    tls: { mode: 'certManager', certManager: { issuer: { name: 'internal-ca' } } },
    attestation: { mode: 'none' },
  },
  'own certificate': { aws, tls: { mode: 'existingSecret', existingSecret: 'webhook-tls' } },
  policy: { aws, attestation: { mode: 'policy' } },
  'aggregated without tickets': { aws, attestation: { mode: 'aggregated', aggregated: { tickets: false } } },
  mtls: { aws, attestation: { mode: 'mtls', mtls: { clientCaConfigMap: 'api-server-client-ca', clientNames: ['kube-apiserver'] } } },
  'network policy': {
    aws,
    attestation: {
      mode: 'networkPolicy',
      networkPolicy: { apiServerCidrs: ['192.0.2.10/32', '2001:db8::/64'], from: [{ podSelector: { matchLabels: { a: 'b' } } }] },
    },
    networkPolicy: {
      enabled: true,
      metricsFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
    },
  },
  'egress through a proxy': {
    aws,
    env: [{ name: 'HTTPS_PROXY', value: 'http://proxy.example:3128' }],
    networkPolicy: {
      egress: {
        enabled: true,
        dns: { to: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }] },
        proxy: { to: [{ ipBlock: { cidr: '192.0.2.20/32' } }], ports: [{ protocol: 'TCP', port: 3128 }] },
      },
    },
  },
  provisioning: {
    aws,
    tenants: [{ name: 'team-a', roleArn, namespaces: ['team-*'] }],
    provision: { enabled: true, secretName: 'ecr-anywhere-pull' },
    networkPolicy: {
      egress: { enabled: true },
      metricsFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
    },
    monitoring: { serviceMonitor: { enabled: true }, prometheusRule: { enabled: true } },
  },
  monitoring: {
    aws,
    clusterName: 'prod-eu',
    networkPolicy: { metricsFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }] },
    monitoring: {
      dashboard: { enabled: true },
      serviceMonitor: { enabled: true, labels: { release: 'p' } },
      prometheusRule: { enabled: true, labels: { release: 'p' }, additionalRuleLabels: { team: 'platform' } },
    },
  },
  'private GKE, mirrored image': {
    aws,
    image: { registry: 'registry.example', digest: `sha256:${'0'.repeat(64)}` },
    imagePullSecrets: [{ name: 'mirror' }],
    webhook: { port: 10250, replicas: 1, podDisruptionBudget: false, resources: { limits: { memory: '1Gi' } } },
    check: { enabled: false },
  },
  extras: {
    aws,
    extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy.example:3128' }],
    extraVolumes: [{ name: 'more', emptyDir: {} }],
    extraVolumeMounts: [{ name: 'more', mountPath: '/more' }],
    extraContainers: [container('beside')],
    extraInitContainers: [container('before')],
    podAnnotations: { 'sidecar.istio.io/inject': 'false' },
    commonLabels: { team: 'platform' },
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    tolerations: [{ key: 'infra', operator: 'Exists', effect: 'NoSchedule' }],
    priorityClassName: 'system-cluster-critical',
    refresh: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } } },
    certs: { resources: { limits: { memory: '300Mi' } } },
    webhook: {
      serviceAccount: { name: 'pull', annotations: { 'eks.amazonaws.com/role-arn': roleArn } },
      topologySpreadConstraints: [
        {
          maxSkew: 2,
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: { team: 'platform' } },
        },
      ],
    },
  },
  "the host's network": { aws, webhook: { hostNetwork: true, port: 8443 } },
}

/** The variant that the `restricted` Pod Security Standard forbids. */
export const unrestricted = "the host's network"

function container(name: string) {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
  return { name, image: 'registry.example/beside:1', securityContext }
}
