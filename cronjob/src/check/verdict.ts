/** What the check reads of the webhook's `/status`. */
export interface SeenStatus {
  tenants?: Record<string, { principal?: string | null; error?: string; cause?: string }>
}

/** What is wrong with the webhook's AWS identities, in one sentence; undefined if AWS knows them all. */
export function verdict({ tenants = {} }: SeenStatus): string | undefined {
  const problem = Object.entries(tenants).find(([, { principal }]) => !principal)
  if (problem === undefined) return undefined
  const [name, { error, cause }] = problem
  return cause ?? (error === undefined ? `AWS has not said yet who tenant ${name} is` : `${error} from AWS for tenant ${name}`)
}
