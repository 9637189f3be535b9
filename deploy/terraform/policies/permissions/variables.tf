variable "partition" {
  description = "The AWS partition of the principal, as in ARNs, such as aws or aws-cn."
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

variable "repositories" {
  description = "The ARNs of the repositories from which images may be pulled, or patterns such as arn:aws:ecr:us-east-1:111122223333:repository/team-a/*. The region may be *."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.repositories) > 0
    error_message = "repositories: found an empty list, wanted at least one item: the ARN of repositories, such as arn:aws:ecr:us-east-1:111122223333:repository/team-a/*."
  }

  validation {
    condition = alltrue([
      for arn in var.repositories :
      can(regex("^arn:aws[a-z-]*:ecr:(\\*|[a-z]{2,}[a-z0-9-]*-[0-9]+):[0-9]{12}:repository/[a-z0-9*][a-z0-9*._/-]{0,255}$", arn))
    ])
    error_message = "repositories: found ${jsonencode(var.repositories)}, wanted for each the ARN of repositories, such as arn:aws:ecr:us-east-1:111122223333:repository/team-a/*."
  }
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

variable "use" {
  description = "How the policy is used, which limits its size: managed (6,144 characters) or session (2,048 characters)."
  type        = string
  nullable    = false
  default     = "managed"

  validation {
    condition     = contains(["managed", "session"], var.use)
    error_message = "use: found \"${var.use}\", wanted managed or session."
  }
}
