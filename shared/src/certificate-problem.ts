/** Whether Node does not trust the certificate of the other side, from the code of its error. */
export function isCertificateProblem(code: string): boolean {
  return /CERT|UNABLE_TO_/.test(code)
}
