# Who may assume the role. policies/trust checks the values.

variable "clusters" {
  description = "Service accounts of clusters that may assume the role. issuer is the cluster's service account issuer without https://, and audience that of the projected token (on OpenShift: openshift)."
  type = list(object({
    issuer          = string
    namespace       = string
    service_account = string
    audience        = optional(string, "sts.amazonaws.com")
  }))
  nullable = false
  default  = []
}

variable "google" {
  description = "Google service accounts that may assume the role: the unique ID (about 21 digits), the email address, and the audience for which tokens are requested."
  type = list(object({
    unique_id = string
    email     = string
    audience  = string
  }))
  nullable = false
  default  = []
}

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
}
