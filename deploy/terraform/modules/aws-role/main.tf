resource "aws_iam_role" "this" {
  name                 = var.name
  description          = "ECR Anywhere: assumed with a web identity"
  assume_role_policy   = module.trust.policy
  max_session_duration = var.max_session_duration
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_policy" "this" {
  name        = var.name
  description = "ECR Anywhere: what the role ${var.name} may do with ECR"
  policy      = module.permissions.policy
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.this.arn
}
