output "repository" {
  description = "The host and path under which the images of ECR can be pulled."
  value       = module.gcp_sync.repository
}

output "settings" {
  description = "The environment variables of the job."
  value       = module.gcp_sync.settings
}

output "trust_policy" {
  description = "The trust policy of the role as JSON."
  value       = module.role.trust_policy
}

output "permissions" {
  description = "The permissions of the role as JSON."
  value       = module.role.permissions
}
