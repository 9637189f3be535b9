{{/*
`certs` runs under two accounts with the same rights: one that lives as long as a hook, for the Secrets that pods wait for, and one of the
release. Lists of (name, annotations) as JSON.
*/}}
{{- define "ecr-anywhere.certsAccounts" -}}
{{- if include "ecr-anywhere.certsNeeded" . }}
{{- $hook := include "ecr-anywhere.hook" (dict "hook" "pre-install,pre-upgrade,pre-rollback" "weight" -10) | fromYaml }}
{{- list (dict "name" "ecr-anywhere-certs") (dict "name" "ecr-anywhere-certs-setup" "annotations" (omit $hook "helm.sh/hook-output-log-policy")) | toJson }}
{{- else }}
{{- list | toJson }}
{{- end }}
{{- end }}

{{/* Takes (dict "root" $ "account" "ecr-anywhere-certs"), and "beforeRelease" true where the release's objects are not there yet. */}}
{{- define "ecr-anywhere.certsJob" -}}
{{- include "ecr-anywhere.job" (dict
  "root" .root
  "component" "certs"
  "account" .account
  "env" (include "ecr-anywhere.certsEnv" (merge (dict "beforeRelease" .beforeRelease) .root) | fromYamlArray)
  "resources" .root.Values.jobs.resources
  "deadline" 120
  "retries" 3
) }}
{{- end }}
