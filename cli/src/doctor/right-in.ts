/**
 * The right that is missing, in words, from the API server's message of a refusal. There is no field for it.
 * https://github.com/kubernetes/kubernetes/blob/v1.36.3/staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go
 */
export function rightIn(message: string): string | undefined {
  const [, verb, resource, group = '', where = '', namespace] =
    /cannot (\w+) resource "([^"]+)" in API group "([^"]*)" (at the cluster scope|in the namespace "([^"]+)")/.exec(message) ?? []
  if (verb === undefined || resource === undefined) return undefined
  const right = `${verb} ${group === '' ? resource : `${resource}.${group}`}`
  if (!where.startsWith('at')) return `${right} in namespace ${namespace}`
  return clusterScoped.test(`${resource}.${group}`) ? right : `${right} in all namespaces`
}

/** Resources that are in no namespace. */
const clusterScoped = /^(?:namespaces|nodes)\.$|\.(?:admissionregistration|apiregistration|authorization)\.k8s\.io$/
