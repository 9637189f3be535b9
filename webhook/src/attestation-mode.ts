/** How the webhook knows that an API server is asking, by its settings: `/status` and the metrics show it. */
export function attestationMode(settings: { ATTESTATION_DIR?: string | undefined; CLIENT_CA_FILE?: string | undefined }): string {
  if (settings.ATTESTATION_DIR !== undefined) return 'policy'
  return settings.CLIENT_CA_FILE === undefined ? 'none' : 'mtls'
}
