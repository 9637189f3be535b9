# Identities of build services and of other clouds.

variable "github" {
  description = "Repositories on GitHub whose jobs may assume the role. The IDs are those that `gh api /repos/OWNER/REPOSITORY --jq '.owner.id, .id'` prints. ref (such as refs/heads/main) and environment restrict the jobs."
  type = list(object({
    owner         = string
    owner_id      = string
    repository    = string
    repository_id = string
    audience      = optional(string, "sts.amazonaws.com")
    ref           = optional(string)
    environment   = optional(string)
  }))
  nullable = false
  default  = []

  validation {
    condition = alltrue([
      for one in var.github : alltrue([for name in [one.owner, one.repository] : can(regex("^[0-9A-Za-z_.-]{1,100}$", name))])
    ])
    error_message = "github: found ${jsonencode([for one in var.github : "${one.owner}, ${one.repository}"])}, wanted for each the name of one owner and of one repository, without a slash."
  }

  validation {
    condition = alltrue([
      for one in var.github : alltrue([for id in [one.owner_id, one.repository_id] : can(regex("^[0-9]{1,20}$", id))])
    ])
    error_message = "github: found the IDs ${jsonencode([for one in var.github : "${one.owner_id}, ${one.repository_id}"])}, wanted for each the number of the owner and of the repository."
  }

  validation {
    condition     = alltrue([for one in var.github : one.ref == null || can(regex("^refs/[^*?$\\s:]{1,240}$", one.ref))])
    error_message = "github: found the references ${jsonencode(var.github[*].ref)}, wanted full Git references, such as refs/heads/main."
  }

  validation {
    condition     = alltrue([for one in var.github : one.environment == null || can(regex("^[^*?$:\\s]{1,100}$", one.environment))])
    error_message = "github: found the environments ${jsonencode(var.github[*].environment)}, wanted texts without white space and without * ? $ :."
  }

  validation {
    condition     = alltrue([for one in var.github : can(regex("^[^*?$\\s]{1,255}$", one.audience))])
    error_message = "github: found the audiences ${jsonencode(var.github[*].audience)}, wanted texts without white space and without * ? $."
  }
}

variable "gitlab" {
  description = "Projects on GitLab whose jobs may assume the role. issuer is gitlab.com or the host of your instance, and audience what the job states under id_tokens. branch restricts the jobs."
  type = list(object({
    issuer   = optional(string, "gitlab.com")
    project  = string
    audience = string
    branch   = optional(string)
  }))
  nullable = false
  default  = []

  validation {
    condition = alltrue([
      for one in var.gitlab : can(regex("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[0-9A-Za-z_.~-]+)*/?$", one.issuer))
    ])
    error_message = "gitlab: found the issuers ${jsonencode(var.gitlab[*].issuer)}, wanted for each the `iss` claim of its tokens without https://, such as gitlab.com."
  }

  validation {
    condition     = alltrue([for one in var.gitlab : can(regex("^[0-9A-Za-z_.-]+(/[0-9A-Za-z_.-]+)+$", one.project))])
    error_message = "gitlab: found the projects ${jsonencode(var.gitlab[*].project)}, wanted for each the path of one project, such as group/project."
  }

  validation {
    condition     = alltrue([for one in var.gitlab : one.branch == null || can(regex("^[^*?$\\s:]{1,240}$", one.branch))])
    error_message = "gitlab: found the branches ${jsonencode(var.gitlab[*].branch)}, wanted for each the name of one branch."
  }

  validation {
    condition     = alltrue([for one in var.gitlab : can(regex("^[^*?$\\s]{1,255}$", one.audience))])
    error_message = "gitlab: found the audiences ${jsonencode(var.gitlab[*].audience)}, wanted texts without white space and without * ? $."
  }
}

variable "azure" {
  description = "Managed identities of Azure that may assume the role: the ID of the tenant, the object ID of the identity, and the application ID URI for which tokens are requested. Pods on AKS are in clusters."
  type = list(object({
    tenant_id = string
    object_id = string
    audience  = string
  }))
  nullable = false
  default  = []

  validation {
    condition = alltrue([
      for one in var.azure : alltrue([
        for id in [one.tenant_id, one.object_id] : can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", id))
      ])
    ])
    error_message = "azure: found the IDs ${jsonencode([for one in var.azure : "${one.tenant_id}, ${one.object_id}"])}, wanted for each the tenant and the object as UUIDs in lower case."
  }

  validation {
    condition     = alltrue([for one in var.azure : can(regex("^[^*?$\\s]{1,255}$", one.audience))])
    error_message = "azure: found the audiences ${jsonencode(var.azure[*].audience)}, wanted texts without white space and without * ? $."
  }
}
