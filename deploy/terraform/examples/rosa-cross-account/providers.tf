terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.81, < 7.0"
    }
  }
}

# The account of the cluster.
provider "aws" {
  region = var.aws_region
}

# The account of the registry.
provider "aws" {
  alias  = "registry"
  region = var.aws_region

  assume_role {
    role_arn = var.registry_deployer
  }
}
