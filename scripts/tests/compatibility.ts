/**
 * The compatibility set: cluster tests of the main behavior for every supported version of Kubernetes, grouped by purpose.
 * Tests that need a feature that a version does not have are skipped with the reason.
 */
export const compatibility = {
  'the main behavior': [
    'webhook/test/cluster/created.test.ts',
    'webhook/test/cluster/updated.test.ts',
    'webhook/test/cluster/unchanged.test.ts',
    'webhook/test/cluster/denied.test.ts',
    'webhook/test/cluster/dry-run.test.ts',
    'webhook/test/cluster/skipped.test.ts',
    'webhook/test/cluster/tenants.test.ts',
  ],
  'every kind of Secret': ['webhook/test/cluster/argocd.test.ts', 'webhook/test/cluster/content.test.ts'],
  'all policies': [
    'deploy/test/cluster/accepted.test.ts',
    'deploy/test/cluster/install.test.ts',
    'deploy/test/cluster/installed-policies.test.ts',
    'deploy/test/cluster/namespaces.test.ts',
    'deploy/test/cluster/rights.test.ts',
    'deploy/test/cluster/spelling.test.ts',
  ],
  'the modes of attestation': [
    'deploy/test/cluster/aggregated.test.ts',
    'deploy/test/cluster/attacks/forged.test.ts',
    'webhook/test/cluster/mtls.test.ts',
  ],
  'image pull secrets of pods': [
    'deploy/test/cluster/attach-policy.test.ts',
    'deploy/test/cluster/attach-webhook.test.ts',
    'deploy/test/cluster/ecr-images.test.ts',
  ],
  rotation: ['cronjob/test/cluster/certs.test.ts', 'deploy/test/cluster/attacks/rotation.test.ts'],
  refresh: ['cronjob/test/cluster/refresh.test.ts', 'cronjob/test/cluster/refresh-scope.test.ts'],
  attacks: [
    'deploy/test/cluster/attacks/can-i.test.ts',
    'deploy/test/cluster/attacks/deletion.test.ts',
    'deploy/test/cluster/attacks/leaks.test.ts',
    'deploy/test/cluster/attacks/missing.test.ts',
    'deploy/test/cluster/attacks/neighbours.test.ts',
    'deploy/test/cluster/attacks/other-webhook.test.ts',
    'deploy/test/cluster/attacks/writers.test.ts',
  ],
} as const

/** All files of the set, without duplicates. */
export const compatibilityFiles: readonly string[] = [...new Set(Object.values(compatibility).flat())]
