# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
resource "aws_iam_openid_connect_provider" "this" {
  url             = "https://${var.issuer}"
  client_id_list  = var.audiences
  thumbprint_list = length(var.thumbprints) == 0 ? null : var.thumbprints
  tags            = var.tags
}

check "issuer_without_slash" {
  assert {
    condition     = !endswith(var.issuer, "/") || can(regex("^[a-z0-9-]+\\.oic\\.prod-aks\\.azure\\.com/|^sts\\.windows\\.net/", var.issuer))
    error_message = "issuer: found \"${var.issuer}\" with a slash at its end, which few issuers have. Compare it with the `iss` claim of a token."
  }
}
