{{/* Names of the managed Secrets in `secrets` by their namespace, as a JSON map. */}}
{{- define "ecr-anywhere.secretsNames" -}}
{{- $names := dict }}
{{- range .Values.secrets }}{{ $_ := set $names .namespace (append (get $names .namespace | default list) .name) }}{{ end }}
{{- toJson $names }}
{{- end }}

{{- define "ecr-anywhere.secretsNamespaces" -}}
{{- include "ecr-anywhere.secretsNames" . | fromJson | keys | sortAlpha | toJson }}
{{- end }}

{{/*
The Job, its account and its rights exist only while it runs. As objects of a failed revision they would remain if a later revision lacks them.
Takes the weight.
*/}}
{{- define "ecr-anywhere.secretsHook" -}}
{{- include "ecr-anywhere.hook" (dict "hook" "post-install,post-upgrade,post-rollback" "weight" .) }}
{{- end }}
