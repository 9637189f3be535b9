/**
 * How the user calls the program, for the usage in its help: kubectl starts the plugin `ecr-anywhere` as `kubectl-ecr_anywhere`.
 * https://krew.sigs.k8s.io/docs/developer-guide/develop/best-practices/#help-messages
 *
 * @param startedAs the first word of the command line
 */
export function programName(startedAs: string): string {
  return /(?:^|\/)kubectl-ecr_anywhere$/.test(startedAs) ? 'kubectl ecr-anywhere' : 'ecr-anywhere'
}
