# The same policy as repositoryPolicy() in cli/src/trust-policy renders.
# Across accounts, IAM asks for both this policy and the permissions of the role.
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html

locals {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "CrossAccountPull"
      Effect    = "Allow"
      Principal = { AWS = var.principals }
      Action    = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    }]
  })
}
