/** A revision of a release, as in `helm history`. */
export interface Revision {
  revision: number
  /** `deployed`, `superseded`, `failed`, `pending-upgrade`, … */
  status: string
}

/**
 * The remedy on the troubleshooting page for an interrupted Helm command.
 *
 * @param found the revisions of the release, the oldest first
 * @returns the arguments of the Helm command to run before the install or the upgrade is run again, or undefined if there is no release
 */
export function remedy(found: readonly Revision[], release: string): string[] | undefined {
  if (found.length === 0) return undefined
  const newest = (status: string) => found.findLast(one => one.status === status)
  const complete = newest('deployed') ?? newest('superseded')
  return complete === undefined ? ['uninstall', release, '--wait'] : ['rollback', release, String(complete.revision), '--wait']
}
