variable "aws_region" {
  description = "The region of the registry."
  type        = string
  default     = "us-east-1"
}

variable "aws_registry" {
  description = "The private ECR registry: its host, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com."
  type        = string
}

variable "repositories" {
  description = "The ARNs of the repositories that Artifact Registry proxies, or patterns of ARNs."
  type        = list(string)
}

variable "gcp_project" {
  description = "The ID of the Google Cloud project."
  type        = string
}

variable "gcp_location" {
  description = "The region of the Cloud Run job and of the remote Artifact Registry repository."
  type        = string
}

variable "image" {
  description = "The image of ECR Anywhere, pinned by its digest. Cloud Run pulls from Artifact Registry and from Docker Hub."
  type        = string
}
