variable "repositories" {
  description = "The names of existing repositories in the account of the registry, such as team-a/web. A repository has one policy: this one replaces it."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.repositories) > 0
    error_message = "repositories: found an empty list, wanted at least one name of a repository, such as team-a/web."
  }

  validation {
    condition     = alltrue([for name in var.repositories : can(regex("^[a-z0-9][a-z0-9._/-]{1,255}$", name))])
    error_message = "repositories: found ${jsonencode(var.repositories)}, wanted names of repositories without a star, such as team-a/web: each repository has a policy of its own."
  }
}

variable "principals" {
  description = "The ARNs of roles in other accounts, or of the accounts (arn:aws:iam::111122223333:root), that may pull."
  type        = list(string)
  nullable    = false
}
