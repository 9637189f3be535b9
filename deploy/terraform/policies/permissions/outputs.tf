output "policy" {
  description = "The permissions as JSON, for a managed policy or a session policy."
  value       = local.policy

  precondition {
    condition     = alltrue([for one in local.partitions : one.arn == var.partition && one.region == var.partition])
    error_message = "repositories: found ${jsonencode(var.repositories)}, wanted for each the partition ${var.partition} of the role, in its ARN and in its region."
  }

  precondition {
    condition     = !var.public || var.partition == "aws"
    error_message = "public: found true in the partition ${var.partition}, wanted false: ECR Public is only in the partition aws."
  }

  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  precondition {
    condition     = length(local.policy) <= local.limit
    error_message = "the ${var.use} policy: found ${length(local.policy)} characters, wanted at most ${local.limit}: name the repositories by fewer patterns, such as repository/team-a/*, or use several roles."
  }
}
