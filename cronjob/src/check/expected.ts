import { settingsFault } from '@ecr-anywhere/shared/settings.ts'
import { z } from 'zod'

/** An object of admissionregistration.k8s.io as the chart renders it, or as the API server has it. */
export interface AdmissionObject {
  apiVersion: string
  kind: string
  metadata: { name: string }
  [field: string]: unknown
}

/** What the release has: the chart writes this file from the templates that it installs. */
export interface Expected {
  /** Who writes `caBundle`. */
  caBundleFrom: 'certs' | 'cert-manager'
  tenants: string[]
  objects: AdmissionObject[]
}

const fileSchema = z.object({
  caBundleFrom: z.enum(['certs', 'cert-manager']),
  tenants: z.array(z.string()).min(1),
  objects: z.array(z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.object({ name: z.string() }) })).min(1),
})

/** @throws Fault `settings` if the text is not what the chart writes */
export function readExpected(text: string): Expected {
  const read = fileSchema.safeParse(parseJson(text))
  if (read.success) return read.data
  throw settingsFault(read.error.issues.map(({ path, message }) => `EXPECTED_FILE ${path.join('.')}: ${message}`))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The schema says what is wanted.
    return undefined
  }
}
