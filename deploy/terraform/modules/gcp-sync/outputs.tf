output "service_account_email" {
  description = "The email address of the service account of gcp-sync."
  value       = google_service_account.sync.email
}

output "service_account_unique_id" {
  description = "The unique ID of the service account, which the trust policy of the AWS role names."
  value       = google_service_account.sync.unique_id
}

output "repository" {
  description = "The host and path under which the images of ECR can be pulled."
  value       = "${var.location}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.this.name}"
}
