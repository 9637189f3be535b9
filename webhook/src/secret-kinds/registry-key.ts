/** Host names are shorter; what is longer is no login that anybody looks up. */
const maxLength = 512

/** Scheme, user, host, and a path that says nothing but the version of the registry's API. */
const key = /^(?:https?:\/\/)?(?:[^/?#]*@)?([^/?#@]*)(?:\/(?:v[12]\/)?)?(?:[?#].*)?$/s

/**
 * The host that a key of a docker config is a login for. Clients treat `https://<host>`, `http://<host>/`, `<host>/` and
 * `https://<host>/v1/` as `<host>`, and where both are there, some use either. A key with a path of its own is a login for a part of the
 * registry, and no other name of it.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/credentialprovider/keyring.go (kubelet, and go-containerregistry in clusters)
 * https://github.com/docker/cli/blob/v28.5.1/cli/config/credentials/file_store.go
 *
 * @returns undefined if it is for a part of a registry
 */
export function hostOfKey(text: string): string | undefined {
  return text.length > maxLength ? undefined : key.exec(text)?.[1]
}
