# The settings of gcp-sync, without a provider.

locals {
  aws_region = split(".", var.aws_registry)[length(regexall("\\.dkr\\.", var.aws_registry)) > 0 ? 3 : 2]
  aws_suffix = join(".", slice(split(".", var.aws_registry), length(regexall("\\.dkr\\.", var.aws_registry)) > 0 ? 4 : 3, length(split(".", var.aws_registry))))

  # The partition of each DNS suffix of ECR. GovCloud has that of aws, and is known by its regions.
  partitions = {
    "amazonaws.com"               = startswith(local.aws_region, "us-gov-") ? "aws-us-gov" : "aws"
    "on.aws"                      = startswith(local.aws_region, "us-gov-") ? "aws-us-gov" : "aws"
    "amazonaws.com.cn"            = "aws-cn"
    "on.amazonwebservices.com.cn" = "aws-cn"
    "amazonaws.eu"                = "aws-eusc"
    "c2s.ic.gov"                  = "aws-iso"
    "sc2s.sgov.gov"               = "aws-iso-b"
    "cloud.adc-e.uk"              = "aws-iso-e"
    "csp.hci.ic.gov"              = "aws-iso-f"
  }

  # Without AWS_OIDC_TOKEN_PATH, which must not be set on Cloud Run. On GKE the chart sets it.
  settings = {
    DEBUG               = "False"
    AWS_REGION          = local.aws_region
    AWS_ROLE_ARN        = var.aws_role_arn
    AWS_ECR_USERNAME    = "AWS"
    AWS_AUDIENCE        = var.target_audience
    GCP_PROJECT_ID      = var.project
    GCP_LOCATION        = var.location
    GCP_SECRET_NAME     = var.secret_name
    GCP_REPOSITORY_NAME = var.repository_name
  }
}

output "settings" {
  description = "The environment variables of gcp-sync on Cloud Run."
  value       = local.settings

  precondition {
    condition     = lookup(local.partitions, local.aws_suffix, "unknown") == split(":", var.aws_role_arn)[1]
    error_message = "aws_role_arn: found ${var.aws_role_arn} in the partition ${split(":", var.aws_role_arn)[1]}, wanted the partition ${lookup(local.partitions, local.aws_suffix, "unknown")} of the registry ${var.aws_registry}."
  }
}
