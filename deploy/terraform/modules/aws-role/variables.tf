variable "name" {
  description = "The name of the role, and of its policy."
  type        = string
  nullable    = false
  default     = "ecr-anywhere"

  validation {
    condition     = can(regex("^[0-9A-Za-z_+=,.@-]{1,64}$", var.name))
    error_message = "name: found \"${var.name}\", wanted 1 to 64 of A-Z a-z 0-9 _ + = , . @ -."
  }
}

variable "repositories" {
  description = "The ARNs of the repositories from which images may be pulled, or patterns such as arn:aws:ecr:us-east-1:111122223333:repository/team-a/*. The region may be *."
  type        = list(string)
  nullable    = false
}

variable "push" {
  description = "Whether images may be pushed as well."
  type        = bool
  nullable    = false
  default     = false
}

variable "pull_through_cache" {
  description = "Whether a pull may import an image through a pull-through cache rule, and create its repository."
  type        = bool
  nullable    = false
  default     = false
}

variable "public" {
  description = "Whether tokens for public.ecr.aws may be requested. ECR Public is only in the partition aws."
  type        = bool
  nullable    = false
  default     = false
}

variable "max_session_duration" {
  description = "How long a session of the role may last, in seconds: 3600 to 43200. A token for public.ecr.aws expires with its session."
  type        = number
  nullable    = false
  default     = 3600

  validation {
    condition     = var.max_session_duration >= 3600 && var.max_session_duration <= 43200
    error_message = "max_session_duration: found ${var.max_session_duration}, wanted 3600 to 43200 seconds."
  }
}

variable "permissions_boundary" {
  description = "The ARN of a policy that limits the permissions of the role, if your organization requires one."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the role and of its policy."
  type        = map(string)
  nullable    = false
  default     = {}
}
