variable "region" {
  description = "The region of the registry that sends images."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "The account of the registry that sends images: 12 digits."
  type        = string
  nullable    = false
}

variable "destinations" {
  description = "The registries that receive images. AWS replicates an image once, and not from a destination to a further one, so every registry that should have the image is in this list."
  type = list(object({
    region     = string
    account_id = string
  }))
  nullable = false

  validation {
    condition     = length(var.destinations) > 0 && length(var.destinations) <= 25
    error_message = "destinations: found ${length(var.destinations)} registries, wanted 1 to 25."
  }

  validation {
    condition     = length(distinct(var.destinations)) == length(var.destinations)
    error_message = "destinations: found ${jsonencode(var.destinations)}, wanted each registry once."
  }

  validation {
    condition = alltrue([
      for one in var.destinations : can(regex("^[0-9]{12}$", one.account_id)) && can(regex("^[a-z]{2,}[a-z0-9-]*-[0-9]+$", one.region))
    ])
    error_message = "destinations: found ${jsonencode(var.destinations)}, wanted for each a region, such as eu-west-1, and the 12 digits of an AWS account."
  }
}

variable "repository_prefixes" {
  description = "Only repositories whose names begin with one of these are replicated. All repositories if the list is empty."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for prefix in var.repository_prefixes : can(regex("^[a-z0-9][a-z0-9._/-]{0,255}$", prefix))])
    error_message = "repository_prefixes: found ${jsonencode(var.repository_prefixes)}, wanted the beginnings of repository names, such as apps/, without a star."
  }
}
