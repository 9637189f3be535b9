output "role_arn" {
  description = "For `ecr-anywhere export --aws-iam-role-arn`."
  value       = module.role.arn
}

output "trust_policy" {
  description = "The trust policy of the role as JSON."
  value       = module.role.trust_policy
}

output "permissions" {
  description = "The permissions of the role as JSON."
  value       = module.role.permissions
}

output "replication" {
  description = "The replication configuration of ci as JSON."
  value       = module.ci.replication_configuration
}

output "registry_policies" {
  description = "The policies of the registries that receive images, as JSON."
  value = {
    prod    = [module.prod_0.registry_policy, module.prod_1.registry_policy]
    staging = [module.staging_0.registry_policy, module.staging_1.registry_policy]
  }
}

output "created_repository_policy" {
  description = "The policy of the repositories that replication creates in prod and staging, as JSON."
  value       = module.prod_0.created_repository_policy
}
