# A GKE cluster, in which the webhook fills Secrets and gcp-sync renews the password of a remote Artifact Registry repository. Both have
# tokens of the cluster's issuer, so the trust policy names no Google account.

module "provider" {
  source = "../../modules/aws-oidc-provider"

  issuer = "container.googleapis.com/v1/projects/${var.gcp_project}/locations/${var.gcp_location}/clusters/${var.gke_cluster}"
}

module "role" {
  source = "../../modules/aws-role"

  clusters = [
    for service_account in ["ecr-anywhere-webhook", "ecr-anywhere-gcp-sync"] : {
      issuer          = module.provider.issuer
      namespace       = "ecr-anywhere"
      service_account = service_account
    }
  ]

  repositories = var.repositories
}

module "gcp_sync" {
  source = "../../modules/gcp-sync"

  project      = var.gcp_project
  location     = var.gcp_location
  aws_registry = var.aws_registry
  aws_role_arn = module.role.arn

  kubernetes = { namespace = "ecr-anywhere" }
}
