output "policy" {
  description = "The trust policy as JSON."
  value       = local.policy

  precondition {
    condition     = length(local.statements) > 0
    error_message = "identities: found none, wanted at least one of clusters, google, github, gitlab, azure."
  }

  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  precondition {
    condition     = length(local.policy) <= 2048
    error_message = "the trust policy: found ${length(local.policy)} characters, wanted at most 2048: use another role for some of the identities, or have the quota of the account raised."
  }
}
