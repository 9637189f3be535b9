import { defaultTenant } from '@ecr-anywhere/shared/names.ts'
import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'
import * as z from 'zod'

/** An object of admissionregistration.k8s.io, as rendered by the chart or as stored in the API server. */
export const admissionObject = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.object({ name: z.string() }) })

export type AdmissionObject = z.output<typeof admissionObject>

/** The objects of the release. The chart renders this file from the templates that it installs. */
export interface Expected {
  /** The program that publishes `caBundle`. */
  caBundleFrom: 'certs' | 'cert-manager'
  tenants: string[]
  /** The image pull secret of namespaces without the annotation; empty if they have none. */
  pullSecret: string
  objects: AdmissionObject[]
}

const objects = z.array(admissionObject)
const fileSchema = z.object({
  caBundleFrom: z.enum(['certs', 'cert-manager']),
  tenants: z.array(z.string()).min(1),
  pullSecret: z.string(),
  objects: objects.min(1),
  /** The objects of each tenant except `default`, with `<tenant>` as its name. A list for many tenants would not fit into a ConfigMap. */
  ofEachTenant: objects,
})

/** @throws Fault `settings` if the text does not match the schema */
export function readExpected(text: string): Expected {
  const read = fileSchema.safeParse(parseJson(text))
  if (!read.success) throw settingsFault(read.error.issues.map(({ path, message }) => `EXPECTED_FILE ${path.join('.')}: ${message}`))
  const { ofEachTenant, objects, ...rest } = read.data
  const others = rest.tenants.filter(tenant => tenant !== defaultTenant)
  return { ...rest, objects: [...objects, ...others.flatMap(tenant => named(ofEachTenant, tenant))] }
}

function named(objects: readonly AdmissionObject[], tenant: string): AdmissionObject[] {
  return JSON.parse(JSON.stringify(objects).replaceAll('<tenant>', tenant))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The schema then reports what is expected.
    return undefined
  }
}
