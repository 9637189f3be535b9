/** A page of the website. */
export interface SitePage {
  /** The Markdown file, from the root of the repository. */
  source: string
  /** Its name in the navigation. */
  title: string
}

export interface Section {
  title: string
  pages: SitePage[]
}

const page = (source: string, title: string): SitePage => ({ source, title })

/** All pages in their order. A test fails if a page of `docs` is missing. */
export const navigation: Section[] = [
  { title: 'About', pages: [page('docs/README.md', 'Introduction'), page('docs/faq.md', 'FAQ'), page('docs/benchmarks.md', 'Benchmarks')] },
  {
    title: 'Getting started',
    pages: [
      page('docs/getting-started/README.md', 'Any cluster'),
      page('docs/getting-started/on-premises.md', 'On premises and k3s'),
      page('docs/getting-started/gke.md', 'GKE'),
      page('docs/getting-started/aks.md', 'AKS'),
      page('docs/getting-started/openshift.md', 'OpenShift and ROSA'),
      page('docs/getting-started/eks.md', 'EKS'),
      page('docs/getting-started/local-clusters.md', 'kind, k3d, minikube'),
    ],
  },
  {
    title: 'Identity',
    pages: [
      page('docs/identity/README.md', 'Which identity'),
      page('docs/identity/cluster-issuer.md', 'Cluster issuers'),
      page('docs/identity/private-issuer.md', 'Private issuers'),
      page('docs/identity/gke.md', 'GKE clusters'),
      page('docs/identity/google.md', 'Google service accounts'),
      page('docs/identity/azure.md', 'Azure and AKS'),
      page('docs/identity/github.md', 'GitHub'),
      page('docs/identity/roles-anywhere.md', 'IAM Roles Anywhere'),
      page('docs/identity/static-keys.md', 'Static keys'),
      page('docs/identity/cross-account.md', 'Other accounts'),
      page('deploy/terraform/README.md', 'Terraform modules'),
    ],
  },
  {
    title: 'Consumers',
    pages: [
      page('docs/consumers/README.md', 'Pods and others'),
      page('docs/pull-secrets.md', 'Whole namespaces'),
      page('docs/consumers/argocd.md', 'Argo CD'),
      page('docs/consumers/flux.md', 'Flux'),
      page('docs/consumers/export.md', 'CI jobs and laptops'),
      page('docs/consumers/artifact-registry.md', 'Artifact Registry'),
    ],
  },
  {
    title: 'Operations',
    pages: [
      page('docs/operations.md', 'Commands for operators'),
      page('docs/troubleshooting.md', 'Troubleshooting'),
      page('docs/runbook.md', 'Runbook of the alerts'),
    ],
  },
  { title: 'Security', pages: [page('docs/security.md', 'Security')] },
  {
    title: 'Reference',
    pages: [
      page('deploy/chart/README.md', 'Values of the chart'),
      page('docs/reference/settings.md', 'Settings and tenants'),
      page('docs/reference/secrets.md', 'Labels and annotations'),
      page('docs/reference/metrics.md', 'Metrics'),
      page('docs/reference/command.md', 'The command'),
      page('docs/reference/kubernetes-versions.md', 'Kubernetes versions'),
      page('docs/reference/releases.md', 'Releases'),
      page('CHANGELOG.md', 'Changelog'),
    ],
  },
  {
    title: 'Migration',
    pages: [
      page('docs/migrate/README.md', 'Moving to ECR Anywhere'),
      page('docs/migrate/argo-ecr-auth.md', 'argo-ecr-auth'),
      page('docs/migrate/ecr-anywhere-go.md', 'The Go original'),
      page('docs/migrate/ecr-credentials-sync.md', 'ecr-credentials-sync'),
      page('docs/migrate/external-secrets.md', 'External Secrets'),
      page('docs/migrate/gcp-ecr-syncer.md', 'gcp-ecr-syncer'),
      page('docs/migrate/k8s-ecr-login-renew.md', 'k8s-ecr-login-renew'),
      page('docs/migrate/registry-creds.md', 'registry-creds'),
      page('docs/seeds.md', 'Five documents, row by row'),
    ],
  },
]

export const sitePages: SitePage[] = navigation.flatMap(({ pages }) => pages)
