# Any cluster whose service account issuer AWS can read: on premises, k3s, AKS, EKS.

module "provider" {
  source = "../../modules/aws-oidc-provider"

  issuer = var.issuer
}

module "role" {
  source = "../../modules/aws-role"

  clusters = [{
    issuer          = module.provider.issuer
    namespace       = "ecr-anywhere"
    service_account = "ecr-anywhere-webhook"
  }]

  repositories       = var.repositories
  pull_through_cache = true
  public             = true
}
