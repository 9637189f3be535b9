# The policies, without a provider. Each is absent if the registry does not need it.

module "registry" {
  source = "../../policies/registry"
  count  = length(var.source_account_ids) > 0 ? 1 : 0

  partition           = local.partition
  region              = local.region
  account_id          = local.account_id
  source_account_ids  = var.source_account_ids
  repository_prefixes = var.repository_prefixes
}

module "replication" {
  source = "../../policies/replication"
  count  = length(var.destinations) > 0 ? 1 : 0

  region              = local.region
  account_id          = local.account_id
  destinations        = var.destinations
  repository_prefixes = var.repository_prefixes
}

module "created_repository" {
  source = "../../policies/repository"
  count  = length(try(var.creation_template.pull_principals, [])) > 0 ? 1 : 0

  partition  = local.partition
  principals = var.creation_template.pull_principals
}

output "registry_policy" {
  description = "The policy of the registry as JSON, or null."
  value       = one(module.registry[*].policy)
}

output "replication_configuration" {
  description = "The replication configuration of the registry as JSON, or null."
  value       = one(module.replication[*].configuration)
}

output "created_repository_policy" {
  description = "The policy of repositories that replication creates, as JSON, or null."
  value       = one(module.created_repository[*].policy)
}
