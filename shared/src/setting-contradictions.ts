/** A fresh Secret must never be due: a token is valid for 12 h and at most `TOKEN_MAX_AGE` (+ 10 %) old when injected, and clocks differ. */
export const maxAgeAndRefreshBeforeMs = 11 * 3_600_000

/** The settings that can contradict each other. */
interface Related {
  TOKEN_MAX_AGE?: number
  REFRESH_BEFORE?: number
  AGGREGATED_API?: boolean
  CLIENT_CA_FILE?: string | undefined
  CLIENT_NAMES?: string[] | undefined
  TICKET_SECRET?: string | undefined
  ATTESTED_TENANTS?: string[] | undefined
  TLS_SECRET?: string
  WEBHOOK_CONFIGURATIONS?: string[] | undefined
}

/** Returns the conflicts between settings that are valid individually. */
export function contradictions(settings: Related): string[] {
  const { TOKEN_MAX_AGE = 0, REFRESH_BEFORE = 0, CLIENT_CA_FILE, CLIENT_NAMES, TICKET_SECRET, ATTESTED_TENANTS } = settings
  const managesNothing = settings.TLS_SECRET !== undefined && settings.WEBHOOK_CONFIGURATIONS === undefined && TICKET_SECRET === undefined
  return [
    ...(TOKEN_MAX_AGE + REFRESH_BEFORE >= maxAgeAndRefreshBeforeMs
      ? ['TOKEN_MAX_AGE and REFRESH_BEFORE: found a sum of 11h or more, wanted less, so that a fresh Secret is never due']
      : []),
    ...((CLIENT_CA_FILE === undefined) !== (CLIENT_NAMES === undefined)
      ? ['CLIENT_CA_FILE and CLIENT_NAMES: found one of the two, wanted both or none']
      : []),
    ...(settings.AGGREGATED_API && CLIENT_CA_FILE !== undefined
      ? ['AGGREGATED_API and CLIENT_CA_FILE: found both, wanted one of the two, because they need different client certificates']
      : []),
    ...((TICKET_SECRET === undefined) !== (ATTESTED_TENANTS === undefined)
      ? ['TICKET_SECRET and ATTESTED_TENANTS: found one of the two, wanted both or none']
      : []),
    ...(managesNothing ? ['WEBHOOK_CONFIGURATIONS and TICKET_SECRET: found none of the two, wanted at least one to manage'] : []),
  ]
}
