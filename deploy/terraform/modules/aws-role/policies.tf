# The policies, without a provider.

module "trust" {
  source = "../../policies/trust"

  partition  = local.partition
  account_id = local.account_id
  clusters   = var.clusters
  google     = var.google
  github     = var.github
  gitlab     = var.gitlab
  azure      = var.azure
}

module "permissions" {
  source = "../../policies/permissions"

  partition          = local.partition
  repositories       = var.repositories
  push               = var.push
  pull_through_cache = var.pull_through_cache
  public             = var.public
}

output "trust_policy" {
  description = "The trust policy of the role as JSON."
  value       = module.trust.policy
}

output "permissions" {
  description = "The permissions of the role as JSON."
  value       = module.permissions.policy
}
