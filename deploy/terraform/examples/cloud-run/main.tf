# gcp-sync as a Cloud Run job. Its tokens are Google's, for which AWS has a provider built in, so none is created.

module "gcp_sync" {
  source = "../../modules/gcp-sync"

  project      = var.gcp_project
  location     = var.gcp_location
  aws_registry = var.aws_registry
  aws_role_arn = module.role.arn

  cloud_run = { image = var.image }
}

module "role" {
  source = "../../modules/aws-role"

  google = [{
    unique_id = module.gcp_sync.service_account_unique_id
    email     = module.gcp_sync.service_account_email
    audience  = "sts.amazonaws.com"
  }]

  repositories = var.repositories
}
