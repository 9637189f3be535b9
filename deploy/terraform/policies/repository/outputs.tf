output "policy" {
  description = "The policy of a repository as JSON."
  value       = local.policy

  precondition {
    condition     = alltrue([for arn in var.principals : startswith(arn, "arn:${var.partition}:")])
    error_message = "principals: found ${jsonencode(var.principals)}, wanted for each the partition ${var.partition} of the repository."
  }
}
