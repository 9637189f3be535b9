export interface ManagedFields {
  manager: string
  fieldsV1?: unknown
}

/**
 * The field managers that own something in `data` of a Secret: whoever changed its content last, and whoever applies some of it. The names of
 * fields are metadata, and contain no data. https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers
 */
export function writersOf(entries: readonly ManagedFields[]): string[] {
  const ofData = (fields: unknown) => typeof fields === 'object' && fields !== null && ('f:data' in fields || 'f:stringData' in fields)
  const writers = entries.filter(({ fieldsV1 }) => ofData(fieldsV1))
  return [...new Set(writers.map(({ manager }) => manager))]
}
