resource "google_service_account" "sync" {
  project      = var.project
  account_id   = var.name
  display_name = "ECR Anywhere: gcp-sync"

  depends_on = [google_project_service.this]
}

# What gcp-sync does, and nothing else: no predefined role has these rights alone.
resource "google_project_iam_custom_role" "sync" {
  project     = var.project
  role_id     = replace(var.name, "-", "_")
  title       = "ECR Anywhere gcp-sync"
  description = "Adds and destroys versions of the secret, and sets the credentials of the remote repository."
  permissions = [
    "artifactregistry.repositories.get",
    "artifactregistry.repositories.update",
    "secretmanager.versions.add",
    "secretmanager.versions.destroy",
    "secretmanager.versions.get",
    "secretmanager.versions.list",
  ]

  depends_on = [google_project_service.this]
}

# The role is bound to one secret and one repository, not to the project.
resource "google_secret_manager_secret_iam_member" "sync" {
  project   = var.project
  secret_id = google_secret_manager_secret.this.secret_id
  role      = google_project_iam_custom_role.sync.id
  member    = google_service_account.sync.member
}

resource "google_artifact_registry_repository_iam_member" "sync" {
  project    = var.project
  location   = var.location
  repository = google_artifact_registry_repository.this.name
  role       = google_project_iam_custom_role.sync.id
  member     = google_service_account.sync.member
}

# https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
resource "google_service_account_iam_member" "kubernetes" {
  count = var.kubernetes == null ? 0 : 1

  service_account_id = google_service_account.sync.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:${var.project}.svc.id.goog[${var.kubernetes.namespace}/${var.kubernetes.service_account}]"
}
