output "role_arn" {
  description = "For `helm upgrade --install … --set aws.webIdentity.enabled=true --set aws.roleArn=…`."
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
