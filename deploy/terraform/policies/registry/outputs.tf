output "policy" {
  description = "The policy of a registry that receives images, as JSON."
  value       = local.policy

  precondition {
    condition     = !contains(var.source_account_ids, var.account_id)
    error_message = "source_account_ids: found the account ${var.account_id} of the registry itself, wanted only other accounts: within an account no policy is needed."
  }
}
