/** A mutant that behaves like its original, so that no test can tell them apart. */
export interface Equivalent {
  file: string
  /** The line without its indentation, and the replaced text in it with its replacement. */
  line: string
  from: string
  to: string
  why: string
}

/** What Stryker puts in the place of an empty text and of an empty list. */
const [text, list] = ['"Stryker was here!"', '["Stryker was here"]']

export const equivalents: readonly Equivalent[] = [
  {
    file: 'cronjob/src/certs/certs.ts',
    line: "if (phase.do === 'repair' || present === undefined) {",
    from: 'present === undefined',
    to: 'false',
    why: 'Without a present pair, the phase is always to repair. The type does not say so.',
  },
  {
    file: 'cronjob/src/certs/certs.ts',
    line: "const old = certificatesIn([previousCas, ...(await world.readBundles())].join('\\n'), nowMs).join('')",
    from: "'\\n'",
    to: '""',
    why: 'node-forge also finds a PEM block that does not begin a line. RFC 7468 wants it to begin one.',
  },
  {
    file: 'cronjob/src/certs/certs.ts',
    line: "return certificatesIn([present.ca, next?.ca, previousCas].join('\\n'), nowMs).join('')",
    from: "'\\n'",
    to: '""',
    why: 'As above.',
  },
  {
    file: 'webhook/src/attach/attach.ts',
    line: 'const patch = pod === undefined || why !== undefined ? undefined : patchOf(pod, secretName)',
    from: 'pod === undefined',
    to: 'false',
    why: 'Without a Pod there is always a reason. The type does not say so.',
  },
  {
    file: 'webhook/src/attach/pod.ts',
    line: 'return Array.isArray(value) ? value.map(fields) : []',
    from: '[]',
    to: list,
    why: 'A text has neither an image nor a reference, and what has none is left out.',
  },
  {
    file: 'shared/src/registry.ts',
    line: 'const [, fips, region] = classic ?? dualStackHost.exec(host) ?? []',
    from: '[]',
    to: list,
    why: 'The first member is not read.',
  },
  {
    file: 'shared/src/registry.ts',
    line: "return patterns.length === labels.length && labels.every((label, at) => matchesPattern(patterns[at] ?? '', label))",
    from: "''",
    to: text,
    why: 'There are as many patterns as labels, so the default serves the type only.',
  },
  {
    file: 'shared/src/tenant-principals.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of source
    line: "roleArn ?? (profile === undefined ? undefined : `profile ${profile}`) ?? webIdentity?.roleArn ?? ambientRoleArn ?? 'ambient'",
    from: "'ambient'",
    to: '""',
    why: 'Both differ from every role and every profile.',
  },
  {
    file: 'shared/src/tenants.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of source
    line: '`found ${tenant.repositories?.length} repositories, whose session policy has ${policyLength} characters, wanted at most ${maxSessionPolicyLength}: use shorter or fewer patterns`,',
    from: 'tenant.repositories?.length',
    to: 'tenant.repositories.length',
    why: 'Only a tenant with repositories has a session policy that can be too long.',
  },
  {
    file: 'shared/src/tenants.ts',
    line: '.catch({ tenants: [] })',
    from: '[]',
    to: list,
    why: 'A text is no valid tenant, so it is left out like every invalid one.',
  },
  {
    file: 'webhook/src/admission/accept.ts',
    line: 'function namespaceFault(namespace: string, { name, namespaces = [] }: Tenant): Fault {',
    from: '[]',
    to: list,
    why: 'A tenant without this list refuses no namespace, so the default serves the type only.',
  },
  {
    file: 'webhook/src/admission/resolve.ts',
    line: 'function notAllowed({ name, allowedRegistries = [] }: Tenant, quoted: string): Fault {',
    from: '[]',
    to: list,
    why: 'A tenant without this list refuses no registry, so the default serves the type only.',
  },
  {
    file: 'webhook/src/admission/fill.ts',
    line: 'return [...some].every(([host, { password }]) => others.get(host)?.password === password)',
    from: 'others.get(host)?.password',
    to: 'others.get(host).password',
    why: 'Both maps have the same hosts: credentials of a Secret count only if they are for the requested registries.',
  },
  {
    file: 'webhook/src/secret-kinds/argocd.ts',
    line: "const [, host = '', path] = ociUrl.exec(url) ?? []",
    from: "''",
    to: text,
    why: 'The host of a url that is not accepted is no ECR host, and neither is this text.',
  },
  {
    file: 'webhook/src/secret-kinds/argocd.ts',
    line: "const [, host = '', path] = ociUrl.exec(url) ?? []",
    from: '[]',
    to: list,
    why: 'The first member is not read.',
  },
  {
    file: 'webhook/src/secret-kinds/docker.ts',
    line: 'if (hosts.length === 0) return []',
    from: 'hosts.length === 0',
    to: 'false',
    why: 'Without hosts the result is the same. The old content is only parsed if it is needed.',
  },
  {
    file: 'webhook/src/secret-kinds/json.ts',
    line: 'let hasNumber = false',
    from: 'false',
    to: 'true',
    why: 'A text without numbers has the same value with and without the reviver, which takes 30 times as long for 10,000 values.',
  },
  {
    file: 'webhook/src/secret-kinds/json.ts',
    line: 'else if (kind === numeric) hasNumber = true',
    from: 'kind === numeric',
    to: 'true',
    why: 'As above: more texts than necessary are parsed with the reviver.',
  },
  {
    file: 'webhook/src/secret-kinds/json.ts',
    line: 'else if (kind === numeric) hasNumber = true',
    from: 'kind === numeric',
    to: 'kind !== numeric',
    why: 'As above: every object with a member has a colon, and is then parsed with the reviver.',
  },
  {
    file: 'webhook/src/secret-kinds/json.ts',
    line: "return typeof value === 'number' && source !== undefined && String(value) !== source ? JSON.rawJSON(source) : value",
    from: 'source !== undefined',
    to: 'true',
    why: 'JSON.parse gives the source of every number.',
  },
  {
    file: 'webhook/src/secret-kinds/json.ts',
    line: "return typeof value === 'number' && source !== undefined && String(value) !== source ? JSON.rawJSON(source) : value",
    from: 'String(value) !== source',
    to: 'true',
    why: 'JSON.stringify writes both in the same way, and nothing reads a number. Fewer objects are made.',
  },
]
