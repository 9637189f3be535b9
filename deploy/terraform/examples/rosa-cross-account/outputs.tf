output "role_arn" {
  description = "For the value aws.roleArn of the chart."
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

output "repository_policy" {
  description = "The policy of each repository as JSON."
  value       = module.registry.repository_policy
}
