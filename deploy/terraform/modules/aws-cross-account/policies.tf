# The policy, without a provider.

module "repository" {
  source = "../../policies/repository"

  partition  = local.partition
  principals = var.principals
}

output "repository_policy" {
  description = "The policy of each repository as JSON."
  value       = module.repository.policy
}
