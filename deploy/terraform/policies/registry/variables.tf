variable "partition" {
  description = "The AWS partition of the registry, as in ARNs, such as aws or aws-cn."
  type        = string
  nullable    = false
  default     = "aws"
}

variable "region" {
  description = "The region of the registry that receives images."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2,}[a-z0-9-]*-[0-9]+$", var.region))
    error_message = "region: found \"${var.region}\", wanted a region, such as eu-west-1."
  }
}

variable "account_id" {
  description = "The account of the registry that receives images: 12 digits."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id: found \"${var.account_id}\", wanted the 12 digits of an AWS account."
  }
}

variable "source_account_ids" {
  description = "The accounts that may replicate images into this registry: 12 digits each."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.source_account_ids) > 0
    error_message = "source_account_ids: found an empty list, wanted at least one account of 12 digits."
  }

  validation {
    condition     = alltrue([for id in var.source_account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "source_account_ids: found ${jsonencode(var.source_account_ids)}, wanted for each the 12 digits of an AWS account."
  }
}

variable "repository_prefixes" {
  description = "Only repositories whose names begin with one of these may be written. All repositories if the list is empty."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for prefix in var.repository_prefixes : can(regex("^[a-z0-9][a-z0-9._/-]{0,255}$", prefix))])
    error_message = "repository_prefixes: found ${jsonencode(var.repository_prefixes)}, wanted the beginnings of repository names, such as apps/, without a star."
  }
}
