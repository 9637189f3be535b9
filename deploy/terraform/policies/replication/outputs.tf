output "configuration" {
  description = "The replication configuration of a registry as JSON, for `aws ecr put-replication-configuration`."
  value       = jsonencode({ rules = local.rules })

  precondition {
    condition     = !contains(var.destinations, { region = var.region, account_id = var.account_id })
    error_message = "destinations: found the registry ${var.account_id} in ${var.region} itself, wanted only other registries."
  }
}

output "rules" {
  description = "The rules of the replication configuration."
  value       = local.rules
}
