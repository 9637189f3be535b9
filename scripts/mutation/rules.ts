/** Files that decide, and the unit tests that must notice every change of them. */
export interface Rules {
  files: string[]
  /** Quick ones alone: a mutant that survives costs a run of all that reach it. */
  tests: string[]
}

export const rules: readonly Rules[] = [
  {
    files: ['shared/src/{partition,registry,tenants}.ts', 'shared/src/kube/metadata.ts'],
    tests: ['shared/test/{partition,registry*,tenants,allow-list}.test.ts', 'shared/test/kube/metadata.test.ts'],
  },
  {
    files: ['shared/src/{backoff,memo}.ts', 'webhook/src/tokens.ts'],
    tests: ['shared/test/{backoff,memo*}.test.ts', 'webhook/test/tokens*.test.ts'],
  },
  {
    files: ['webhook/src/{admit,attest,credentials,decide,patch}.ts', 'webhook/src/shapes/*.ts'],
    tests: ['webhook/test/{admit,attest,cases,credentials,patch}.test.ts', 'webhook/test/shapes/*.test.ts'],
  },
  {
    files: ['shared/src/due.ts', 'cronjob/src/refresh/plan.ts'],
    tests: ['shared/test/due.test.ts', 'cronjob/test/refresh/*.test.ts'],
  },
  { files: ['cronjob/src/certs/plan.ts'], tests: ['cronjob/test/certs/plan.test.ts'] },
  { files: ['cronjob/src/certs/tickets.ts'], tests: ['cronjob/test/certs/tickets.test.ts'] },
  { files: ['cronjob/src/certs/certs.ts'], tests: ['cronjob/test/certs/certs.test.ts'] },
]

/** Who gets credentials, what is deleted, when a Secret is due: a mutant of these that survives makes the run fail, whatever the score. */
export const deciding = [
  'webhook/src/{attest,credentials,decide,patch,tokens}.ts',
  'webhook/src/shapes/*.ts',
  'shared/src/{due,partition,registry,tenants}.ts',
  'cronjob/src/refresh/plan.ts',
  'cronjob/src/certs/{certs,plan,tickets}.ts',
]
