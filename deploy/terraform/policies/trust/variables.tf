variable "partition" {
  description = "The AWS partition of the role, as in ARNs, such as aws or aws-cn."
  type        = string
  nullable    = false
  default     = "aws"

  validation {
    condition = contains(
      ["aws", "aws-cn", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-us-gov"], var.partition
    )
    error_message = "partition: found \"${var.partition}\", wanted one of aws, aws-cn, aws-eusc, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f, aws-us-gov."
  }
}

variable "account_id" {
  description = "The AWS account of the role: 12 digits."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id: found \"${var.account_id}\", wanted the 12 digits of an AWS account."
  }
}

variable "clusters" {
  description = "Service accounts of clusters that may assume the role. issuer is the cluster's service account issuer without https://, and audience that of the projected token (on OpenShift: openshift)."
  type = list(object({
    issuer          = string
    namespace       = string
    service_account = string
    audience        = optional(string, "sts.amazonaws.com")
  }))
  nullable = false
  default  = []

  validation {
    condition = alltrue([
      for one in var.clusters : can(regex("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[0-9A-Za-z_.~-]+)*/?$", one.issuer))
    ])
    error_message = "clusters: found the issuers ${jsonencode(var.clusters[*].issuer)}, wanted for each the `iss` claim of its tokens without https://, such as oidc.example/id/1."
  }

  validation {
    condition = alltrue([
      for one in var.clusters : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", one.namespace))
    ])
    error_message = "clusters: found the namespaces ${jsonencode(var.clusters[*].namespace)}, wanted for each the name of one namespace."
  }

  validation {
    condition = alltrue([
      for one in var.clusters : can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", one.service_account))
    ])
    error_message = "clusters: found the service accounts ${jsonencode(var.clusters[*].service_account)}, wanted for each the name of one service account."
  }

  validation {
    condition     = alltrue([for one in var.clusters : can(regex("^[^*?$\\s]{1,255}$", one.audience))])
    error_message = "clusters: found the audiences ${jsonencode(var.clusters[*].audience)}, wanted texts without white space and without * ? $."
  }
}

variable "google" {
  description = "Google service accounts that may assume the role: the unique ID (about 21 digits), the email address, and the audience for which tokens are requested."
  type = list(object({
    unique_id = string
    email     = string
    audience  = string
  }))
  nullable = false
  default  = []

  validation {
    condition     = alltrue([for one in var.google : can(regex("^[0-9]{15,30}$", one.unique_id))])
    error_message = "google: found the unique IDs ${jsonencode(var.google[*].unique_id)}, wanted for each the unique ID of a service account, about 21 digits."
  }

  validation {
    condition     = alltrue([for one in var.google : can(regex("^[a-z0-9._-]+@[a-z0-9.-]+\\.[a-z]+$", one.email))])
    error_message = "google: found the addresses ${jsonencode(var.google[*].email)}, wanted for each the email address of a service account, such as NAME@PROJECT.iam.gserviceaccount.com."
  }

  validation {
    condition     = alltrue([for one in var.google : can(regex("^[^*?$\\s]{1,255}$", one.audience))])
    error_message = "google: found the audiences ${jsonencode(var.google[*].audience)}, wanted texts without white space and without * ? $."
  }
}
