output "role_arn" {
  description = "For the value aws.roleArn of the chart."
  value       = module.role.arn
}

output "gcp_service_account" {
  description = "For the annotation iam.gke.io/gcp-service-account of the service account of gcp-sync."
  value       = module.gcp_sync.service_account_email
}

output "trust_policy" {
  description = "The trust policy of the role as JSON."
  value       = module.role.trust_policy
}

output "permissions" {
  description = "The permissions of the role as JSON."
  value       = module.role.permissions
}
