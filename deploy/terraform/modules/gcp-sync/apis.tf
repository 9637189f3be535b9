locals {
  apis = toset([
    "artifactregistry.googleapis.com",
    "cloudscheduler.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
  ])
}

resource "google_project_service" "this" {
  for_each = local.apis

  project = var.project
  service = each.value
  # Other workloads of the project may use the API.
  disable_on_destroy = false
}

data "google_project" "this" {
  project_id = var.project
}
