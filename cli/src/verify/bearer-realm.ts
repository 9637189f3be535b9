/**
 * The address of the token service that a registry names in its challenge, for the repository of a path.
 * https://distribution.github.io/distribution/spec/auth/token/
 *
 * @returns undefined if the challenge is another one, or names another host, to which no credentials may be sent
 */
export function bearerRealm(challenge: string, { host, path }: { host: string; path: string }): URL | undefined {
  if (!/^Bearer /i.test(challenge)) return undefined
  const parameters = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]))
  if (!URL.canParse(parameters.realm ?? '')) return undefined
  const url = new URL(parameters.realm ?? '')
  if (url.protocol !== 'https:' || url.host !== host) return undefined
  if (parameters.service !== undefined) url.searchParams.set('service', parameters.service)
  const [, repository] = /^\/v2\/(.+)\/(?:manifests|blobs)\//.exec(path) ?? []
  if (repository !== undefined) url.searchParams.set('scope', `repository:${repository}:pull`)
  return url
}
