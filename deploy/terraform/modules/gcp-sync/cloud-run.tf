# gcp-sync as a Cloud Run job, and Cloud Scheduler, which runs it.

locals {
  on_cloud_run = var.cloud_run == null ? 0 : 1
}

resource "google_cloud_run_v2_job" "sync" {
  count = local.on_cloud_run

  project             = var.project
  location            = var.location
  name                = var.name
  deletion_protection = var.deletion_protection

  template {
    template {
      service_account = google_service_account.sync.email
      # A run that finds a valid password ends after seconds. The schedule starts the next attempt.
      timeout     = "300s"
      max_retries = 1

      containers {
        image = var.cloud_run.image
        args  = ["gcp-sync"]

        dynamic "env" {
          for_each = local.settings

          content {
            name  = env.key
            value = env.value
          }
        }
      }
    }
  }

  depends_on = [
    google_artifact_registry_repository_iam_member.sync,
    google_secret_manager_secret_iam_member.agent,
    google_secret_manager_secret_iam_member.sync,
  ]
}

# An account of its own, which may only start this job.
resource "google_service_account" "scheduler" {
  count = local.on_cloud_run

  project      = var.project
  account_id   = "${var.name}-cron"
  display_name = "ECR Anywhere: starts gcp-sync"

  depends_on = [google_project_service.this]
}

resource "google_cloud_run_v2_job_iam_member" "scheduler" {
  count = local.on_cloud_run

  project  = var.project
  location = var.location
  name     = google_cloud_run_v2_job.sync[0].name
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler[0].member
}

# https://cloud.google.com/run/docs/execute/jobs-on-schedule
resource "google_cloud_scheduler_job" "sync" {
  count = local.on_cloud_run

  project          = var.project
  region           = var.location
  name             = var.name
  description      = "Renews ECR's password in Secret Manager"
  schedule         = var.cloud_run.schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = "60s"

  retry_config {
    retry_count = 3
  }

  http_target {
    http_method = "POST"
    uri         = "https://run.googleapis.com/v2/${google_cloud_run_v2_job.sync[0].id}:run"

    oauth_token {
      service_account_email = google_service_account.scheduler[0].email
      scope                 = "https://www.googleapis.com/auth/cloud-platform"
    }
  }

  depends_on = [google_cloud_run_v2_job_iam_member.scheduler]
}
