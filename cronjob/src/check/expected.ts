import { defaultTenant } from '@ecr-anywhere/shared/names.ts'
import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'
import { z } from 'zod'

/** An object of admissionregistration.k8s.io as the chart renders it, or as the API server has it. */
export const admissionObject = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.object({ name: z.string() }) })

export type AdmissionObject = z.output<typeof admissionObject>

/** What the release has: the chart writes this file from the templates that it installs. */
export interface Expected {
  /** Who writes `caBundle`. */
  caBundleFrom: 'certs' | 'cert-manager'
  tenants: string[]
  objects: AdmissionObject[]
}

const objects = z.array(admissionObject)
const fileSchema = z.object({
  caBundleFrom: z.enum(['certs', 'cert-manager']),
  tenants: z.array(z.string()).min(1),
  objects: objects.min(1),
  /** Of each tenant but `default`, with `<tenant>` for its name: the whole list would not fit into a ConfigMap where tenants are many. */
  ofEachTenant: objects,
})

/** @throws Fault `settings` if the text is not what the chart writes */
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
    // The schema says what is wanted.
    return undefined
  }
}
