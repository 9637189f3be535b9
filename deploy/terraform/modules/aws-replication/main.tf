# One registry: that of the account and region of the provider. It sends images, receives them, or both.

resource "aws_ecr_registry_policy" "this" {
  count = length(module.registry)

  policy = module.registry[0].policy
}

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
resource "aws_ecr_replication_configuration" "this" {
  count = length(module.replication)

  replication_configuration {
    dynamic "rule" {
      for_each = module.replication[0].rules

      content {
        dynamic "destination" {
          for_each = rule.value.destinations

          content {
            region      = destination.value.region
            registry_id = destination.value.registryId
          }
        }

        dynamic "repository_filter" {
          for_each = rule.value.repositoryFilters

          content {
            filter      = repository_filter.value.filter
            filter_type = repository_filter.value.filterType
          }
        }
      }
    }
  }
}

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
resource "aws_ecr_repository_creation_template" "this" {
  count = var.creation_template == null ? 0 : 1

  prefix               = var.creation_template.prefix
  description          = "ECR Anywhere: repositories that replication or a pull-through cache creates"
  applied_for          = ["REPLICATION", "PULL_THROUGH_CACHE"]
  image_tag_mutability = var.creation_template.mutable_tags ? "MUTABLE" : "IMMUTABLE"
  repository_policy    = one(module.created_repository[*].policy)

  encryption_configuration {
    encryption_type = "AES256"
  }
}
