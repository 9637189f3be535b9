/** Files with rules, and the unit tests that must detect every change of them. */
export interface Rules {
  files: string[]
  /** Only fast tests, because a surviving mutant runs all tests that reach it. */
  tests: string[]
}

export const rules: readonly Rules[] = [
  {
    files: ['shared/src/{partition,pattern,registry}.ts'],
    tests: ['shared/test/{partition,registry*,allow-list}.test.ts'],
  },
  {
    files: ['shared/src/{tenants,tenant-principals,session-policy,yaml-problem}.ts'],
    tests: ['shared/test/{tenants*,tenant-principals,session-policy}.test.ts'],
  },
  {
    files: ['shared/src/kube/{kubernetes,list,objects,path,status}.ts'],
    tests: ['shared/test/kube/{kubernetes,list,objects,status}.test.ts'],
  },
  { files: ['shared/src/{backoff,cache}.ts'], tests: ['shared/test/{backoff,cache*}.test.ts'] },
  { files: ['webhook/src/tokens/tokens.ts'], tests: ['webhook/test/tokens/tokens.test.ts'] },
  { files: ['webhook/src/admission/obtain.ts'], tests: ['webhook/test/admission/obtain.test.ts'] },
  { files: ['webhook/src/admission/patch.ts'], tests: ['webhook/test/admission/patch.test.ts'] },
  { files: ['webhook/src/secret-kinds/*.ts'], tests: ['webhook/test/secret-kinds/*.test.ts'] },
  {
    files: ['webhook/src/admission/{accept,admit,authenticate,decide,fill,resolve}.ts'],
    tests: ['webhook/test/admission/{admit*,authenticate,cases,decide,fill,provisioners,resolve}.test.ts'],
  },
  {
    files: ['webhook/src/aggregated-api/{api-server,front-proxy}.ts', 'webhook/src/certificates.ts'],
    tests: ['webhook/test/aggregated-api/*.test.ts', 'webhook/test/certificates.test.ts', 'webhook/test/http/aggregated-api.test.ts'],
  },
  { files: ['shared/src/pull-secret.ts'], tests: ['shared/test/pull-secret.test.ts'] },
  { files: ['webhook/src/provision/{attempt,history}.ts'], tests: ['webhook/test/provision/{attempt,history}.test.ts'] },
  { files: ['webhook/src/attach/{attach,pod}.ts'], tests: ['webhook/test/attach/{attach,pod}.test.ts'] },
  { files: ['cronjob/src/refresh/pull-secrets.ts'], tests: ['cronjob/test/refresh/pull-secrets.test.ts'] },
  { files: ['cronjob/src/check/available.ts'], tests: ['cronjob/test/check/available.test.ts'] },
  { files: ['shared/src/due.ts'], tests: ['shared/test/due.test.ts'] },
  { files: ['cronjob/src/refresh/plan.ts'], tests: ['cronjob/test/refresh/plan*.test.ts'] },
  { files: ['cronjob/src/certs/plan.ts'], tests: ['cronjob/test/certs/plan.test.ts'] },
  { files: ['cronjob/src/certs/tickets.ts'], tests: ['cronjob/test/certs/tickets.test.ts'] },
  { files: ['cronjob/src/certs/certs.ts'], tests: ['cronjob/test/certs/phases.test.ts'] },
]

/** Files that decide who gets credentials, what is deleted and when a Secret is due. A surviving mutant in them makes the run fail. */
export const deciding = [
  'webhook/src/admission/{accept,authenticate,decide,fill,obtain,patch,resolve}.ts',
  'webhook/src/aggregated-api/{api-server,front-proxy}.ts',
  'webhook/src/certificates.ts',
  'webhook/src/tokens/tokens.ts',
  'webhook/src/secret-kinds/*.ts',
  'webhook/src/attach/*.ts',
  'shared/src/{due,partition,pattern,pull-secret,registry,session-policy,tenant-principals,tenants}.ts',
  'cronjob/src/refresh/{plan,pull-secrets}.ts',
  'cronjob/src/certs/{certs,plan,tickets}.ts',
]
