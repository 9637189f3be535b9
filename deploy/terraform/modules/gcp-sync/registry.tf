resource "google_secret_manager_secret" "this" {
  project   = var.project
  secret_id = var.secret_name

  replication {
    auto {}
  }

  depends_on = [google_project_service.this]
}

# The service agent of Artifact Registry reads the password when it pulls from ECR.
# https://cloud.google.com/artifact-registry/docs/repositories/configure-remote-auth-dockerhub
resource "google_secret_manager_secret_iam_member" "agent" {
  project   = var.project
  secret_id = google_secret_manager_secret.this.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-artifactregistry.iam.gserviceaccount.com"
}

resource "google_artifact_registry_repository" "this" {
  #checkov:skip=CKV_GCP_84:It caches images that ECR keeps. Google encrypts them with keys of its own.
  project       = var.project
  location      = var.location
  repository_id = var.repository_name
  description   = "Proxies ${var.aws_registry}; ECR Anywhere sets its credentials"
  format        = "DOCKER"
  mode          = "REMOTE_REPOSITORY"

  # Without credentials: gcp-sync writes them, and a changed credential here would make the provider replace the repository.
  remote_repository_config {
    description = "Amazon ECR"

    docker_repository {
      custom_repository {
        uri = "https://${var.aws_registry}"
      }
    }

    # There is no password before gcp-sync has run.
    disable_upstream_validation = true
  }

  lifecycle {
    ignore_changes = [remote_repository_config[0].upstream_credentials]
  }

  depends_on = [google_project_service.this]
}
