# From ci to prod and staging (horizontal), in both regions (vertical). AWS replicates an image once, and not from a destination to a further
# one. Therefore ci sends to all four registries, and prod and staging do not forward what they receive.

locals {
  regions   = ["eu-north-1", "eu-west-1"]
  receivers = [var.accounts.prod, var.accounts.staging]

  template = { pull_principals = [for id in local.receivers : "arn:aws:iam::${id}:root"] }
}

module "ci" {
  source = "../../modules/aws-replication"

  destinations = [
    for pair in setproduct(local.receivers, local.regions) : { account_id = pair[0], region = pair[1] }
  ]
}

module "prod_0" {
  source    = "../../modules/aws-replication"
  providers = { aws = aws.prod_0 }

  source_account_ids = [var.accounts.ci]
  creation_template  = local.template
}

module "prod_1" {
  source    = "../../modules/aws-replication"
  providers = { aws = aws.prod_1 }

  source_account_ids = [var.accounts.ci]
  creation_template  = local.template
}

module "staging_0" {
  source    = "../../modules/aws-replication"
  providers = { aws = aws.staging_0 }

  source_account_ids = [var.accounts.ci]
  creation_template  = local.template
}

module "staging_1" {
  source    = "../../modules/aws-replication"
  providers = { aws = aws.staging_1 }

  source_account_ids = [var.accounts.ci]
  creation_template  = local.template
}
