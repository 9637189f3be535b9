# GitHub Actions and Cloud Build push images to the account ci, with one role and no static keys.

module "provider" {
  source = "../../modules/aws-oidc-provider"

  issuer = "token.actions.githubusercontent.com"
}

module "role" {
  source = "../../modules/aws-role"

  name = "${var.prefix}-gcp-to-aws-role"

  google = [{
    unique_id = var.gcp_service_account_unique_id
    email     = var.gcp_service_account
    audience  = var.target_audience
  }]

  github = [{
    owner         = var.github.owner
    owner_id      = var.github.owner_id
    repository    = var.github.repository
    repository_id = var.github.repository_id
    ref           = "refs/heads/main"
  }]

  repositories = var.repositories
  push         = true

  depends_on = [module.provider]
}
