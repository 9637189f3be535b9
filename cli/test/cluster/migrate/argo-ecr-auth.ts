import { hasLostLabel, type OldTool } from './old-tool.ts'

const namespace = 'argocd'
const secret = 'ecr-auth'
const matchLabels = { 'app.kubernetes.io/name': 'argo-ecr-auth', 'app.kubernetes.io/instance': 'ecr' }
const path = `/api/v1/namespaces/${namespace}/secrets`

/** Its update has neither a resourceVersion nor the labels of others. The real tool does so only when it has to. */
export const argoEcrAuth = (registry: string): OldTool => ({
  name: 'argo-ecr-auth',
  namespace,
  secret,
  isUndone: world => hasLostLabel({ namespace, secret }, world),
  recreates: false,
  manifests: [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace, name: 'ecr-argo-ecr-auth' },
      spec: {
        selector: { matchLabels },
        template: {
          metadata: { labels: matchLabels },
          spec: {
            containers: [
              {
                name: 'argo-ecr-auth',
                image: 'abualks/argo-ecr-auth:0.0.3',
                command: ['./argo-ecr-auth'],
                args: [`--ecr-registry=${registry}`, '--aws-region=us-east-1'],
              },
            ],
          },
        },
      },
    },
  ],
  async write({ api, password }) {
    const pods = await api('GET', `/api/v1/namespaces/${namespace}/pods?labelSelector=app.kubernetes.io%2Fname%3Dargo-ecr-auth`)
    const { body } = await api('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/ecr-argo-ecr-auth`)
    if (pods.body.items.length === 0 && body.spec?.replicas === 0) return false
    const stringData = { enableOCI: 'true', name: 'ecr', password, type: 'helm', url: registry, username: 'AWS' }
    const metadata = { namespace, name: secret, labels: { 'argocd.argoproj.io/secret-type': 'repository' } }
    const written = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata, stringData }
    const { status } = await api('PUT', `${path}/${secret}`, written)
    if (status === 404) await api('POST', path, written)
    return true
  },
})
