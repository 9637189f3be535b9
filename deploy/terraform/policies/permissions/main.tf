# The same policy as permissions() in cli/src/trust-policy renders. The sources of its rules are there.

locals {
  # The token can be used for every repository that the principal may read, so the other statements restrict it.
  statements = [
    for sid, one in {
      "1" = { Sid = "Token", Action = ["ecr:GetAuthorizationToken"], Resource = ["*"], when = true }
      "2" = {
        Sid      = "Pull"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = var.repositories
        when     = true
      }
      "3" = {
        Sid      = "Push"
        Action   = ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"]
        Resource = var.repositories
        when     = var.push
      }
      "4" = {
        Sid      = "PullThroughCache"
        Action   = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
        Resource = var.repositories
        when     = var.pull_through_cache
      }
      "5" = {
        Sid      = "Public"
        Action   = ["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"]
        Resource = ["*"]
        when     = var.public
      }
    } : { Sid = one.Sid, Effect = "Allow", Action = one.Action, Resource = one.Resource } if one.when
  ]
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
  limit  = { managed = 6144, session = 2048 }[var.use]

  # Regions of the partition aws match none of these.
  regions = {
    "aws-cn"     = "^cn-"
    "aws-eusc"   = "^eusc-"
    "aws-iso"    = "^us-iso-"
    "aws-iso-b"  = "^us-isob-"
    "aws-iso-e"  = "^eu-isoe-"
    "aws-iso-f"  = "^us-isof-"
    "aws-us-gov" = "^us-gov-"
  }
  # Of each repository: the partition of its ARN, and that of its region.
  partitions = [for arn in var.repositories : {
    arn = split(":", arn)[1]
    region = split(":", arn)[3] == "*" ? split(":", arn)[1] : concat(
      [for partition, pattern in local.regions : partition if can(regex(pattern, split(":", arn)[3]))], ["aws"]
    )[0]
  }]
}
