terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.81, < 7.0"
    }
  }
}

# One provider for each registry: the account `ci`, and the accounts `prod` and `staging` in both regions.

provider "aws" {
  region = local.regions[0]
}

provider "aws" {
  alias  = "prod_0"
  region = local.regions[0]

  assume_role {
    role_arn = var.deployers.prod
  }
}

provider "aws" {
  alias  = "prod_1"
  region = local.regions[1]

  assume_role {
    role_arn = var.deployers.prod
  }
}

provider "aws" {
  alias  = "staging_0"
  region = local.regions[0]

  assume_role {
    role_arn = var.deployers.staging
  }
}

provider "aws" {
  alias  = "staging_1"
  region = local.regions[1]

  assume_role {
    role_arn = var.deployers.staging
  }
}
