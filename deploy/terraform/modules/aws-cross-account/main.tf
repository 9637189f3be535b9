# For principals of other accounts. Without this policy, their pulls are denied although their role allows them.
resource "aws_ecr_repository_policy" "this" {
  for_each = var.repositories

  repository = each.value
  policy     = module.repository.policy
}
