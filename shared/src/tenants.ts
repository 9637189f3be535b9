import { parseDocument } from 'yaml'
import { z } from 'zod'
import { defaultTenant } from './names.ts'
import { matchesHost, parseRegistry } from './registry.ts'
import { settingsFault } from './settings.ts'

const dnsLabel = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'a DNS label: a-z 0-9 -, at most 63')
const roleArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, 'the ARN of a role: arn:aws:iam::<12 digits>:role/<name>')
const host = z.string().refine(isRegistry, 'a bare ECR host, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com')

const tenantSchema = z.strictObject({
  name: dnsLabel,
  roleArn: roleArn.optional(),
  /** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, '2 to 1224 of A-Z a-z 0-9 _ + = , . @ : / -')
    .optional(),
  registries: z.array(host).min(1, 'at least one registry, or no such key').max(20, 'at most 20 registries').optional(),
  allowedRegistries: z.array(z.string()).min(1, 'at least one pattern, or no such key').optional(),
})

const fileSchema = z.strictObject({ tenants: z.array(tenantSchema).min(1, 'at least one tenant') })

/** A set of namespaces, the AWS identity whose reach they get, the registries they may ask for. */
export interface Tenant {
  name: string
  roleArn?: string | undefined
  externalId?: string | undefined
  /** For Secrets that name none; absent: the principal's own account in its region. */
  registries?: string[] | undefined
  /** Absent: any ECR host. */
  allowedRegistries?: string[] | undefined
}

/**
 * Reads the YAML file of tenants. There is always a tenant `default`: with the ambient identity where the file does not name it.
 *
 * @param text the file's content, or undefined where CONFIG_FILE is not set
 * @returns tenants by name
 * @throws Fault `settings` that lists every problem at once
 */
export function readTenants(text: string | undefined): Map<string, Tenant> {
  const given = text === undefined ? { tenants: [{ name: defaultTenant }] } : parseYaml(text)
  const read = fileSchema.safeParse(given)
  if (!read.success) throw settingsFault(read.error.issues.map(issue => problem(issue, given)))
  const problems = contradictions(read.data.tenants)
  if (problems.length > 0) throw settingsFault(problems)
  const tenants = new Map<string, Tenant>(read.data.tenants.map(tenant => [tenant.name, tenant]))
  if (!tenants.has(defaultTenant)) tenants.set(defaultTenant, { name: defaultTenant })
  return tenants
}

function parseYaml(text: string): unknown {
  const document = parseDocument(text)
  const errors = document.errors.map(({ code, pos }) => `CONFIG_FILE: found ${code} at character ${pos[0]}, wanted YAML`)
  if (errors.length > 0) throw settingsFault(errors)
  return document.toJS()
}

function problem(issue: z.core.$ZodIssue, given: unknown): string {
  const path = issue.path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  const where = `CONFIG_FILE${path}`
  if (issue.code === 'unrecognized_keys')
    return `${where}: found unknown keys ${issue.keys.join(', ')}, wanted keys as the README lists them`
  const found = issue.path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], given)
  return `${where}: found ${JSON.stringify(found) ?? 'nothing'}, wanted ${issue.message}`
}

function contradictions(tenants: Tenant[]): string[] {
  const names = tenants.map(tenant => tenant.name)
  const twice = names.filter((name, at) => names.indexOf(name) !== at)
  return [
    ...twice.map(name => `CONFIG_FILE: found two tenants named ${name}, wanted one`),
    ...tenants.flatMap(tenant =>
      (tenant.registries ?? [])
        .filter(registry => !isAllowed(tenant, registry))
        .map(
          registry => `CONFIG_FILE tenant ${tenant.name}: found registry ${registry} outside its own allowedRegistries, wanted it allowed`,
        ),
    ),
    ...tenants
      .filter(tenant => tenant.externalId !== undefined && tenant.roleArn === undefined)
      .map(tenant => `CONFIG_FILE tenant ${tenant.name}: found externalId without roleArn, wanted the role that asks for it`),
  ]
}

/** May this tenant's Secrets name this host? The role is the wall, not this list (design §2). */
export function isAllowed({ allowedRegistries }: Pick<Tenant, 'allowedRegistries'>, host: string): boolean {
  return allowedRegistries === undefined || allowedRegistries.some(pattern => matchesHost(pattern, host))
}

function isRegistry(host: string): boolean {
  try {
    parseRegistry(host)
    return true
  } catch {
    return false
  }
}
