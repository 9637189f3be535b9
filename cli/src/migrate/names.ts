/** Names of Kubernetes: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
export const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
export const dnsSubdomain = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/
/** A key of a Secret or of a ConfigMap. */
export const dataKey = /^[-._a-zA-Z0-9]{1,253}$/
