import * as z from 'zod'
import { dnsLabel, roleArnPattern } from './name-patterns.ts'
import { defaultTenant, enabledValue } from './names.ts'
import { isInPartition, partitionOfArn } from './partition.ts'
import { matchesPattern } from './pattern.ts'
import { isRegistryHost, matchesHost, parseRegistry, shownHost } from './registry.ts'
import { maxSessionPolicyLength, repositoryPattern, sessionPolicy } from './session-policy.ts'
import { settingsFault } from './settings-fault.ts'
import { principalOf, sharedPrincipals } from './tenant-principals.ts'
import { parseYaml } from './yaml.ts'
import { shownValue, yamlProblem } from './yaml-problem.ts'

const text = (pattern: RegExp, wanted: string) => z.string(wanted).regex(pattern, wanted)
const tenantName = text(dnsLabel, 'a DNS label: a-z 0-9 -, at most 63')
const roleArn = text(roleArnPattern, 'the ARN of a role: arn:aws:iam::<12 digits>:role/<name>')
const host = z
  .string('a bare ECR host')
  .refine(isRegistryHost, 'a bare ECR host, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com or public.ecr.aws')
/** A pattern is valid if it matches only ECR hosts. To check this, its stars are replaced, and the result must be an ECR host. */
const pattern = z
  .string('a pattern of ECR hosts')
  .refine(text => isRegistryHost(withStarsReplaced(text)), 'a pattern of ECR hosts alone, such as 111122223333.dkr.ecr.*.amazonaws.com')
const namespacePattern = text(/^[a-z0-9*]([a-z0-9*-]{0,61}[a-z0-9*])?$/, 'a namespace, or a pattern of namespaces such as team-a-*')
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html */
const sessionTags = z
  .record(
    text(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u, 'a tag key, at most 128 characters'),
    text(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u, 'a tag value, at most 256 characters'),
  )
  .refine(tags => Object.keys(tags).length <= 50, 'at most 50 tags')

const tenantSchema = z.strictObject({
  name: tenantName,
  roleArn: roleArn.optional(),
  /** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
  externalId: text(/^[\w+=,.@:/-]{2,1224}$/, '2 to 1224 of A-Z a-z 0-9 _ + = , . @ : / -').optional(),
  sessionTags: sessionTags.optional(),
  webIdentity: z.strictObject({ roleArn, tokenFile: text(/./, 'the path of a token file') }).optional(),
  profile: text(/./, 'the name of a profile').optional(),
  registries: z
    .array(host, 'a list of ECR hosts')
    .min(1, 'at least one registry, or no such key')
    .max(20, 'at most 20 registries')
    .optional(),
  allowedRegistries: z.array(pattern, 'a list of patterns').min(1, 'at least one pattern, or no such key').optional(),
  repositories: z
    .array(text(repositoryPattern, 'a pattern of repository names, such as team-a/*'), 'a list of patterns of repository names')
    .min(1, 'at least one pattern, or no such key')
    .optional(),
  namespaces: z.array(namespacePattern, 'a list of namespaces').min(1, 'at least one namespace, or no such key').optional(),
})

const fileSchema = z.strictObject(
  { tenants: z.array(tenantSchema, 'a list of tenants').min(1, 'at least one tenant') },
  'a map with `tenants`',
)

/**
 * A set of namespaces, the AWS identity for which they get tokens, and the registries that they may use. `webIdentity` or `profile`
 * replaces the ambient identity. `roleArn` is assumed from the identity that results.
 */
export type Tenant = z.output<typeof tenantSchema>

export interface TenantsOptions {
  /** AWS_ROLE_ARN: the role of the ambient identity. */
  ambientRoleArn?: string | undefined
}

/**
 * Reads the YAML file of tenants. There is always a tenant `default`. If the file does not contain it, it has the ambient identity.
 *
 * @param text the file's content, or undefined if CONFIG_FILE is not set
 * @returns tenants by name
 * @throws Fault `settings` that lists every problem at once
 */
export function readTenants(text: string | undefined, { ambientRoleArn }: TenantsOptions = {}): ReadonlyMap<string, Tenant> {
  const given = text === undefined ? { tenants: [{ name: defaultTenant }] } : parseYaml('CONFIG_FILE', text)
  const read = fileSchema.safeParse(given)
  const issues = read.success ? [] : read.error.issues.map(issue => yamlProblem(issue, { name: 'CONFIG_FILE', given, show: shown }))
  const named = read.success ? read.data.tenants : validTenants(given)
  const tenants = !read.success || named.some(({ name }) => name === defaultTenant) ? named : [...named, { name: defaultTenant }]
  const problems = [...issues, ...contradictions(named), ...sharedPrincipals(tenants, tenant => principalOf(tenant, ambientRoleArn))]
  if (problems.length > 0) throw settingsFault(problems)
  return new Map(tenants.map(tenant => [tenant.name, tenant]))
}

/** Whether this tenant's Secrets may name this host. The security boundary is the role, not this list. */
export function isAllowed({ allowedRegistries }: Pick<Tenant, 'allowedRegistries'>, host: string): boolean {
  return allowedRegistries === undefined || allowedRegistries.some(pattern => matchesHost(pattern, host))
}

/** Whether this namespace may use the tenant, so that the right to label a namespace does not include the choice of any tenant. */
export function isTenantNamespace({ namespaces }: Pick<Tenant, 'namespaces'>, namespace: string): boolean {
  return namespaces === undefined || namespaces.some(pattern => matchesPattern(pattern, namespace))
}

/** The valid tenants of an invalid file, so that conflicts between them are reported together with the other problems. */
function validTenants(given: unknown): Tenant[] {
  const { tenants } = z
    .object({ tenants: z.array(z.unknown()) })
    .catch({ tenants: [] })
    .parse(given)
  return tenants.flatMap(one => tenantSchema.safeParse(one).data ?? [])
}

/** If the text may contain a password, at most its host is shown. */
function shown(found: unknown, path: readonly PropertyKey[]): string {
  if (typeof found !== 'string') return shownValue(found)
  const isSecret = path.at(-1) === 'externalId'
  if (!isSecret && !/@|:\/\//.test(found)) return JSON.stringify(found.slice(0, 120))
  const host = isSecret ? undefined : shownHost(found)
  return host === undefined ? `a text of ${found.length} characters` : `a URL of ${host}`
}

function contradictions(tenants: readonly Tenant[]): string[] {
  const names = tenants.map(tenant => tenant.name)
  const duplicates = names.filter((name, at) => names.indexOf(name) !== at)
  return [
    ...duplicates.map(name => `CONFIG_FILE: found two tenants named ${name}, wanted one`),
    ...tenants.flatMap(tenant => contradictionsOf(tenant).map(text => `CONFIG_FILE tenant ${tenant.name}: ${text}`)),
  ]
}

function contradictionsOf(tenant: Tenant): string[] {
  const { name, roleArn, externalId, sessionTags, webIdentity, profile, registries = [] } = tenant
  const partition = partitionOfArn(roleArn ?? webIdentity?.roleArn)
  const policyLength = policyOf(tenant, partition ?? 'aws')?.length ?? 0
  return [
    ...(name === enabledValue ? [`found the name ${enabledValue}, wanted another: that label value means tenant ${defaultTenant}`] : []),
    ...(roleArn === undefined && externalId !== undefined ? ['found externalId without roleArn, wanted the role that asks for it'] : []),
    ...(roleArn === undefined && sessionTags !== undefined ? ['found sessionTags without roleArn, wanted the role they are for'] : []),
    ...(webIdentity !== undefined && profile !== undefined ? ['found webIdentity and profile, wanted one of them'] : []),
    ...(policyLength > maxSessionPolicyLength
      ? [
          `found ${tenant.repositories?.length} repositories, whose session policy has ${policyLength} characters, wanted at most ${maxSessionPolicyLength}: use shorter or fewer patterns`,
        ]
      : []),
    ...registries
      .filter(registry => !isAllowed(tenant, registry))
      .map(registry => `found registry ${registry} outside its own allowedRegistries, wanted it allowed`),
    ...registries
      .filter(registry => !isInPartition(parseRegistry(registry), partition))
      .map(registry => `found registry ${registry} outside the partition ${partition} of its role, wanted registries of that partition`),
  ]
}

/**
 * The policy that limits the tenant's sessions to its `repositories`; undefined if it may pull from all that its identity may read.
 *
 * @param partition the partition of the tenant's identity
 */
export function policyOf(tenant: Tenant, partition: string): string | undefined {
  const { repositories } = tenant
  if (repositories === undefined) return undefined
  return sessionPolicy({ repositories, partition, allowPublic: partition === 'aws' && isAllowed(tenant, 'public.ecr.aws') })
}

/** Replaces stars: in the account by digits, elsewhere by a part of a region. */
function withStarsReplaced(pattern: string): string {
  const withDigits = (account: string) => account.replace('*', '0'.repeat(Math.max(13 - account.length, 0)))
  return pattern.replace(/[^.]*/, withDigits).replaceAll('*', 'aa')
}
