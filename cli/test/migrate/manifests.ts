/** The `env` of a container. */
export const variables = (env: Record<string, string>) => Object.entries(env).map(([name, value]) => ({ name, value }))
/** A Deployment with one container, in JSON. */
export const workload = (metadata: object, container: object, more: object = {}) =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      selector: { matchLabels: { app: 'a' } },
      template: { spec: { serviceAccountName: 'ecr-sa', containers: [container], ...more } },
    },
  })
