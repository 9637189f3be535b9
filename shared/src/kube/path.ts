/** All objects of a kind, in one namespace or, without a namespace, in the cluster. */
export interface ObjectSet {
  /** For example `v1` or `admissionregistration.k8s.io/v1`. */
  apiVersion: string
  kind: string
  namespace?: string | undefined
}

export interface ObjectKey extends ObjectSet {
  name: string
}

/** The API path of an object or of a set. Every segment is encoded. */
export function pathOf({ apiVersion, kind, namespace, name }: ObjectSet & { name?: string }): string {
  const group = apiVersion.split('/')
  const scope = namespace === undefined ? [] : ['namespaces', namespace]
  const segments = [group.length === 1 ? 'api' : 'apis', ...group, ...scope, resourceOf(kind), ...(name === undefined ? [] : [name])]
  return `/${segments.map(encodeURIComponent).join('/')}`
}

/** The plural name, by the same rule as in apimachinery: https://pkg.go.dev/k8s.io/apimachinery/pkg/api/meta#UnsafeGuessKindToResource */
function resourceOf(kind: string): string {
  return `${kind.toLowerCase()}s`.replace(/ys$/, 'ies')
}
