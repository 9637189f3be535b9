variable "project" {
  description = "The ID of the Google Cloud project."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "project: found \"${var.project}\", wanted the ID of a project, such as my-gcp-project-id, not its number."
  }
}

variable "location" {
  description = "The region of the Artifact Registry repository, and of the Cloud Run job, such as europe-west1."
  type        = string
  nullable    = false
}

variable "repository_name" {
  description = "The name of the remote Artifact Registry repository, which proxies ECR."
  type        = string
  nullable    = false
  default     = "ecr"
}

variable "secret_name" {
  description = "The name of the secret in Secret Manager, which contains ECR's password."
  type        = string
  nullable    = false
  default     = "ecr-login-password"

  validation {
    condition     = can(regex("^[0-9A-Za-z_-]{1,255}$", var.secret_name))
    error_message = "secret_name: found \"${var.secret_name}\", wanted the name of a secret, without its project."
  }
}

variable "name" {
  description = "The name of the service account, of its custom role and of the Cloud Run job."
  type        = string
  nullable    = false
  default     = "ecr-anywhere-gcp-sync"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,23}[a-z0-9]$", var.name))
    error_message = "name: found \"${var.name}\", wanted 6 to 25 of a-z 0-9 -, because the account of the scheduler has a suffix."
  }
}

variable "aws_registry" {
  description = "The private ECR registry that the repository proxies: its host, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}\\.dkr[.-]ecr(-fips)?\\.[a-z][a-z0-9-]+\\.[a-z0-9.-]+$", var.aws_registry))
    error_message = "aws_registry: found \"${var.aws_registry}\", wanted a bare ECR host, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com, without https://."
  }
}

variable "aws_role_arn" {
  description = "The ARN of the AWS role that the service account assumes."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[0-9A-Za-z_+=,.@/-]{1,512}$", var.aws_role_arn))
    error_message = "aws_role_arn: found \"${var.aws_role_arn}\", wanted the ARN of a role: arn:aws:iam::<12 digits>:role/<name>."
  }
}

variable "target_audience" {
  description = "The audience of the identity tokens for AWS, which is oaud in the trust policy of the role."
  type        = string
  nullable    = false
  default     = "sts.amazonaws.com"
}

variable "cloud_run" {
  description = "The image of ECR Anywhere, pinned by its digest, that a Cloud Run job runs, and the schedule in cron format. null if gcp-sync runs on GKE."
  type = object({
    image    = string
    schedule = optional(string, "7 * * * *")
  })
  default = null

  validation {
    condition     = var.cloud_run == null || can(regex("@sha256:[0-9a-f]{64}$", var.cloud_run.image))
    error_message = "cloud_run: found the image ${try(jsonencode(var.cloud_run.image), "null")}, wanted one that is pinned by its digest: HOST/PATH/ecr-anywhere@sha256:…"
  }
}

variable "kubernetes" {
  description = "The namespace and the service account of gcp-sync in a GKE cluster of this project with Workload Identity. null if gcp-sync runs on Cloud Run."
  type = object({
    namespace       = string
    service_account = optional(string, "ecr-anywhere-gcp-sync")
  })
  default = null
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to delete the Cloud Run job."
  type        = bool
  nullable    = false
  default     = false
}
