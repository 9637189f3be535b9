variable "partition" {
  description = "The AWS partition of the repository, as in ARNs, such as aws or aws-cn."
  type        = string
  nullable    = false
  default     = "aws"
}

variable "principals" {
  description = "The ARNs of roles, or of accounts (arn:aws:iam::111122223333:root), that may pull."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.principals) > 0
    error_message = "principals: found an empty list, wanted at least one item: the ARN of a role, or of an account: arn:aws:iam::<12 digits>:root."
  }

  validation {
    condition = alltrue([
      for arn in var.principals : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(root|role/[0-9A-Za-z_+=,.@/-]{1,512})$", arn))
    ])
    error_message = "principals: found ${jsonencode(var.principals)}, wanted for each the ARN of a role, or of an account: arn:aws:iam::<12 digits>:root."
  }
}
