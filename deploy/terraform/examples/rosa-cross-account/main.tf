# A ROSA cluster and its role in one account, the registry in another. ROSA has created the OIDC provider of its issuer.

module "role" {
  source = "../../modules/aws-role"

  name = "ROSAECRAssumeRole"

  clusters = [{
    issuer          = var.oidc_endpoint
    namespace       = "ecr-anywhere"
    service_account = "ecr-anywhere-webhook"
    audience        = "openshift"
  }]

  repositories = [
    for pattern in var.repository_patterns : "arn:aws:ecr:${var.aws_region}:${var.registry_account}:repository/${pattern}"
  ]
}

# The permissions of the role are not enough: each repository in the other account must name it as well.
module "registry" {
  source    = "../../modules/aws-cross-account"
  providers = { aws = aws.registry }

  repositories = var.repositories
  principals   = [module.role.arn]
}
