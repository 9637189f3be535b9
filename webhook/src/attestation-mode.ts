/** How the settings let the webhook authenticate the API server. `/status` and the metrics show this mode. */
export function attestationMode(settings: { ATTESTATION_DIR?: string | undefined; CLIENT_CA_FILE?: string | undefined }): string {
  if (settings.ATTESTATION_DIR !== undefined) return 'policy'
  return settings.CLIENT_CA_FILE === undefined ? 'none' : 'mtls'
}
