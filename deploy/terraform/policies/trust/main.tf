# The same policy as trustPolicy() in cli/src/trust-policy renders. The sources of its rules are there.

locals {
  provider = "arn:${var.partition}:iam::${var.account_id}:oidc-provider"
  github   = "token.actions.githubusercontent.com"

  clusters = [for one in var.clusters : {
    Effect    = "Allow"
    Principal = { Federated = "${local.provider}/${one.issuer}" }
    Action    = "sts:AssumeRoleWithWebIdentity"
    Condition = {
      StringEquals = {
        "${one.issuer}:aud" = one.audience
        "${one.issuer}:sub" = "system:serviceaccount:${one.namespace}:${one.service_account}"
      }
    }
  }]

  # AWS's aud is the claim azp: the unique ID in tokens of the metadata server, the address in tokens for a signed JWT.
  google = [for one in var.google : {
    Effect    = "Allow"
    Principal = { Federated = "accounts.google.com" }
    Action    = "sts:AssumeRoleWithWebIdentity"
    Condition = {
      StringEquals = {
        "accounts.google.com:aud"  = [one.unique_id, one.email]
        "accounts.google.com:oaud" = one.audience
        "accounts.google.com:sub"  = one.unique_id
      }
    }
  }]

  # A job with an environment has the environment in its subject, and any other job the reference.
  github_contexts = [for one in var.github :
    one.environment != null ? "environment:${one.environment}" : one.ref != null ? "ref:${one.ref}" : "*"
  ]
  github_jobs = [for at, one in var.github : {
    Effect    = "Allow"
    Principal = { Federated = "${local.provider}/${local.github}" }
    Action    = "sts:AssumeRoleWithWebIdentity"
    Condition = {
      StringEquals = {
        for claim, value in {
          aud           = one.audience
          repository_id = one.repository_id
          ref           = one.ref
          environment   = one.environment
        } : "${local.github}:${claim}" => value if value != null
      }
      StringLike = {
        "${local.github}:sub" = [
          "repo:${one.owner}/${one.repository}:${local.github_contexts[at]}",
          "repo:${one.owner}@${one.owner_id}/${one.repository}@${one.repository_id}:${local.github_contexts[at]}",
        ]
      }
    }
  }]

  gitlab = [for one in var.gitlab : {
    Effect    = "Allow"
    Principal = { Federated = "${local.provider}/${one.issuer}" }
    Action    = "sts:AssumeRoleWithWebIdentity"
    Condition = {
      StringEquals = { "${one.issuer}:aud" = one.audience }
      StringLike   = { "${one.issuer}:sub" = "project_path:${one.project}:${one.branch == null ? "*" : "ref_type:branch:ref:${one.branch}"}" }
    }
  }]

  # The issuer of Entra ID's tokens of version 1 ends with a slash.
  azure = [for one in var.azure : {
    Effect    = "Allow"
    Principal = { Federated = "${local.provider}/sts.windows.net/${one.tenant_id}/" }
    Action    = "sts:AssumeRoleWithWebIdentity"
    Condition = {
      StringEquals = {
        "sts.windows.net/${one.tenant_id}/:aud" = one.audience
        "sts.windows.net/${one.tenant_id}/:sub" = one.object_id
      }
    }
  }]

  # Each in JSON, because statements have different conditions, and the items of a list have one type.
  statements = [
    for one in concat(local.clusters, local.google, local.github_jobs, local.gitlab, local.azure) : jsonencode(one)
  ]
  policy = "{\"Statement\":[${join(",", local.statements)}],\"Version\":\"2012-10-17\"}"
}

# A warning, because AKS clusters and some other issuers do have a slash at the end.
check "issuers_without_slash" {
  assert {
    condition = alltrue([
      for one in var.clusters : !endswith(one.issuer, "/") || can(regex("^[a-z0-9-]+\\.oic\\.prod-aks\\.azure\\.com/|^sts\\.windows\\.net/", one.issuer))
    ])
    error_message = "clusters: found an issuer with a slash at its end in ${jsonencode(var.clusters[*].issuer)}, which few issuers have. Compare it with the `iss` claim of a token."
  }
}
