variable "aws_region" {
  description = "The region of the registry."
  type        = string
  default     = "us-east-1"
}

variable "oidc_endpoint" {
  description = "What `rosa describe cluster --cluster NAME --output json | jq -r .aws.sts.oidc_endpoint_url` prints, without https://."
  type        = string
}

variable "registry_account" {
  description = "The AWS account of the registry: 12 digits."
  type        = string
}

variable "repositories" {
  description = "The names of the repositories from which the cluster pulls."
  type        = list(string)
}

variable "repository_patterns" {
  description = "The patterns of these names in the permissions of the role, such as cf/*."
  type        = list(string)
}

variable "registry_deployer" {
  description = "The ARN of the role with which Terraform works in the account of the registry."
  type        = string
}
