{{/*
`certs` has two service accounts with the same rights: one that is a hook, to create the Secrets that pods wait for, and one that is part of
the release. A list of (name, annotations) as JSON.
*/}}
{{- define "ecr-anywhere.certsAccounts" -}}
{{- if include "ecr-anywhere.certsNeeded" . }}
{{- $hook := include "ecr-anywhere.hook" (dict "hook" "pre-install,pre-upgrade,pre-rollback" "weight" -10) | fromYaml }}
{{- list (dict "name" "ecr-anywhere-certs") (dict "name" "ecr-anywhere-certs-setup" "annotations" (omit $hook "helm.sh/hook-output-log-policy")) | toJson }}
{{- else }}
{{- list | toJson }}
{{- end }}
{{- end }}

{{/* Takes (dict "root" $ "account" "ecr-anywhere-certs"), and "beforeRelease" true if the objects of the release do not exist yet. */}}
{{- define "ecr-anywhere.certsJob" -}}
{{- include "ecr-anywhere.job" (dict
  "root" .root
  "component" "certs"
  "account" .account
  "env" (include "ecr-anywhere.certsEnv" (merge (dict "beforeRelease" .beforeRelease) .root) | fromYamlArray)
  "part" .root.Values.certs
  "resources" (.root.Values.certs.resources | default .root.Values.jobs.resources)
  "deadline" 120
  "retries" 3
) }}
{{- end }}
