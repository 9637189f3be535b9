variable "issuer" {
  description = "The service account issuer of a cluster, or the issuer of a build service, without https://. EKS: `aws eks describe-cluster --query cluster.identity.oidc.issuer`. GKE: container.googleapis.com/v1/projects/PROJECT/locations/LOCATION/clusters/CLUSTER. ROSA: `rosa describe cluster --output json | jq -r .aws.sts.oidc_endpoint_url`. Others: `kubectl get --raw /.well-known/openid-configuration`. GitHub: token.actions.githubusercontent.com."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[0-9A-Za-z_.~-]+)*/?$", var.issuer))
    error_message = "issuer: found \"${var.issuer}\", wanted the `iss` claim of its tokens without https://, such as oidc.example/id/1."
  }

  validation {
    condition     = var.issuer != "accounts.google.com"
    error_message = "issuer: found \"${var.issuer}\", wanted another issuer: AWS has a provider for Google built in, so none is created."
  }
}

variable "audiences" {
  description = "The audiences of the tokens. On ROSA the audience is openshift."
  type        = list(string)
  nullable    = false
  default     = ["sts.amazonaws.com"]

  validation {
    condition     = length(var.audiences) > 0
    error_message = "audiences: found an empty list, wanted at least one audience, such as sts.amazonaws.com."
  }
}

variable "thumbprints" {
  description = "SHA-1 thumbprints of the CA of the issuer's server: 40 hexadecimal digits each. Only an issuer with a private CA needs them, because AWS has a list of trusted CAs."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for one in var.thumbprints : can(regex("^[0-9a-fA-F]{40}$", one))])
    error_message = "thumbprints: found ${jsonencode(var.thumbprints)}, wanted 40 hexadecimal digits for each."
  }
}

variable "tags" {
  description = "Tags of the provider."
  type        = map(string)
  nullable    = false
  default     = {}
}
