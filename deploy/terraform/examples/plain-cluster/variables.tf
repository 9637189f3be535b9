variable "aws_region" {
  description = "The region of the registry."
  type        = string
  default     = "us-east-1"
}

variable "issuer" {
  description = "The service account issuer of the cluster, without https://. AWS must be able to read its /.well-known/openid-configuration."
  type        = string
}

variable "repositories" {
  description = "The ARNs of the repositories from which the cluster pulls, or patterns of ARNs."
  type        = list(string)
}
