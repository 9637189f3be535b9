/** How the settings let the webhook authenticate the API server. `/status` and the metrics show this mode. */
export function attestationMode(settings: {
  AGGREGATED_API: boolean
  REFUSE_PROXIED: boolean
  ATTESTATION_DIR?: string | undefined
  CLIENT_CA_FILE?: string | undefined
}): string {
  if (settings.AGGREGATED_API) return 'aggregated'
  if (settings.ATTESTATION_DIR !== undefined) return 'policy'
  if (settings.CLIENT_CA_FILE !== undefined) return 'mtls'
  return settings.REFUSE_PROXIED ? 'networkPolicy' : 'none'
}
