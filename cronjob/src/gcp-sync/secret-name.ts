/** A global secret of Secret Manager. */
export interface SecretName {
  project: string
  secret: string
}

/** The resource name of a secret, as in Google's REST API. */
export function secretPath({ project, secret }: SecretName): string {
  return `projects/${project}/secrets/${secret}`
}

/** The resource name of a version. It always contains a number and never `latest`, because Artifact Registry resolves it at each pull. */
export function versionPath(name: SecretName, version: number): string {
  return `${secretPath(name)}/versions/${version}`
}

/**
 * The number of the version that a resource name refers to, if it is a version of this secret.
 *
 * @param path as Google returns it: the project is its ID or its number
 * @param projectNumber the number of the secret's project, as the names of its versions contain it; undefined if it has no version yet
 */
export function versionOf(path: string | undefined, name: SecretName, projectNumber: string | undefined): number | undefined {
  const [, project, secret, version] = /^projects\/([^/]+)\/secrets\/([^/]+)\/versions\/([1-9]\d{0,8})$/.exec(path ?? '') ?? []
  if (secret !== name.secret || (project !== name.project && project !== projectNumber)) return undefined
  return Number(version)
}
