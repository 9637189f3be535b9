variable "source_account_ids" {
  description = "Other accounts that may replicate images into this registry: 12 digits each."
  type        = list(string)
  nullable    = false
  default     = []
}

variable "destinations" {
  description = "The registries that receive images from this one. AWS replicates an image once, and not from a destination to a further one, so every registry that should have the image is in this list."
  type = list(object({
    region     = string
    account_id = string
  }))
  nullable = false
  default  = []
}

variable "repository_prefixes" {
  description = "Only repositories whose names begin with one of these are sent or received. All repositories if the list is empty."
  type        = list(string)
  nullable    = false
  default     = []
}

variable "creation_template" {
  description = "How repositories are made that replication, or a pull-through cache, creates in this registry. Without a template they have the defaults of AWS: mutable tags and no repository policy. prefix is ROOT for all repositories. pull_principals are the ARNs of roles or accounts that may pull from them."
  type = object({
    prefix          = optional(string, "ROOT")
    pull_principals = optional(list(string), [])
    mutable_tags    = optional(bool, false)
  })
  default = null
}
