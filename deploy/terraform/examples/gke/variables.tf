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
  description = "The ARNs of the repositories from which the cluster and Artifact Registry pull, or patterns of ARNs."
  type        = list(string)
}

variable "gcp_project" {
  description = "The ID of the Google Cloud project."
  type        = string
}

variable "gcp_location" {
  description = "The location of the cluster, and of the remote Artifact Registry repository: a region."
  type        = string
}

variable "gke_cluster" {
  description = "The name of the cluster."
  type        = string
}
