# https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-examples.html

locals {
  patterns = length(var.repository_prefixes) == 0 ? ["*"] : [for prefix in var.repository_prefixes : "${prefix}*"]
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Replication"
      Effect    = "Allow"
      Principal = { AWS = [for id in var.source_account_ids : "arn:${var.partition}:iam::${id}:root"] }
      Action    = ["ecr:CreateRepository", "ecr:ReplicateImage"]
      Resource = [
        for pattern in local.patterns : "arn:${var.partition}:ecr:${var.region}:${var.account_id}:repository/${pattern}"
      ]
    }]
  })
}
