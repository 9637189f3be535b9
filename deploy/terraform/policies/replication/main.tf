# https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-settings-examples.html

locals {
  rules = [{
    destinations = [for one in var.destinations : { region = one.region, registryId = one.account_id }]
    repositoryFilters = [
      for prefix in var.repository_prefixes : { filter = prefix, filterType = "PREFIX_MATCH" }
    ]
  }]
}
