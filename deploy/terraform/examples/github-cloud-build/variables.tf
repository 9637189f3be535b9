variable "prefix" {
  description = "The beginning of the name of the role."
  type        = string
  nullable    = false
  default     = "acme-inc"
}

variable "gcp_service_account" {
  description = "The email address of the Google service account that builds images: NAME@PROJECT.iam.gserviceaccount.com."
  type        = string
  nullable    = false
}

variable "gcp_service_account_unique_id" {
  description = "Its unique ID: `gcloud iam service-accounts describe EMAIL --format 'value(uniqueId)'`. An address can be given to another account later, a unique ID cannot."
  type        = string
  nullable    = false
}

variable "target_audience" {
  description = "The audience of the Google tokens. It only has to be equal to that of `ecr-anywhere export --target-audience-url`."
  type        = string
  nullable    = false
  default     = "https://gcp-to-aws-federation.acme.com"
}

variable "github" {
  description = "The repository on GitHub whose jobs on the branch main build images, with the IDs that `gh api /repos/OWNER/REPOSITORY --jq '.owner.id, .id'` prints."
  type = object({
    owner         = string
    owner_id      = string
    repository    = string
    repository_id = string
  })
  nullable = false
}

variable "repositories" {
  description = "The ARNs of the repositories to which images are pushed, or patterns of ARNs."
  type        = list(string)
  nullable    = false
}

variable "accounts" {
  description = "The AWS accounts: images are pushed to ci, and pulled from prod and staging."
  type = object({
    ci      = string
    prod    = string
    staging = string
  })
  nullable = false
}

variable "deployers" {
  description = "The ARNs of the roles with which Terraform works in the accounts prod and staging."
  type = object({
    prod    = string
    staging = string
  })
  nullable = false
}
