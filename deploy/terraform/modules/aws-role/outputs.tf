output "arn" {
  description = "The ARN of the role, for AWS_ROLE_ARN and the value aws.roleArn of the chart."
  # The role works only with its policy.
  value      = aws_iam_role.this.arn
  depends_on = [aws_iam_role_policy_attachment.this]
}
