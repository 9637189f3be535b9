output "arn" {
  description = "The ARN of the provider, which trust policies name as their principal."
  value       = aws_iam_openid_connect_provider.this.arn
}

output "issuer" {
  description = "The issuer without https://. A role whose trust policy takes it from here is created after the provider."
  value       = trimprefix(aws_iam_openid_connect_provider.this.url, "https://")
}
