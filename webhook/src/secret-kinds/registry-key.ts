/** Host names are shorter, so no client looks up a longer key. */
const maxLength = 512

/** Scheme, user, host, and a path that contains only the version of the registry API. */
const key = /^(?:https?:\/\/)?(?:[^/?#]*@)?([^/?#@]*)(?:\/(?:v[12]\/)?)?(?:[?#].*)?$/s

/**
 * The host that a key of a docker config refers to. Clients treat `https://<host>`, `http://<host>/`, `<host>/` and `https://<host>/v1/` as
 * `<host>`, and if both exist, it depends on the client which one is used. A key with another path refers only to a part of the registry.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/credentialprovider/keyring.go (kubelet, and go-containerregistry in clusters)
 * https://github.com/docker/cli/blob/v28.5.1/cli/config/credentials/file_store.go
 *
 * @returns undefined if the key refers to a part of a registry
 */
export function hostOfKey(text: string): string | undefined {
  return text.length > maxLength ? undefined : key.exec(text)?.[1]
}
