{{/*
What a tenant's webhook and its ticket policy match. They must match the same: a review without a ticket is refused, and a ticket
without a review would be stored. Each takes (dict "root" $ "tenant" "default"), or "tenant" "" for the probe.
*/}}

{{- define "ecr-anywhere.rules" -}}
- apiGroups: [""]
  apiVersions: [v1]
  operations: [CREATE, UPDATE]
  resources: [secrets]
  scope: Namespaced
{{- end }}

{{- define "ecr-anywhere.selectors" -}}
namespaceSelector:
  matchExpressions:
    {{- if .tenant }}
    - key: ecr-anywhere.centml.ai/namespace
      operator: In
      values: {{ eq .tenant "default" | ternary (list "enabled" "default") (list .tenant) | toJson }}
    {{- else }}
    - key: kubernetes.io/metadata.name
      operator: In
      values: [{{ .root.Release.Namespace }}]
    {{- end }}
objectSelector:
  matchExpressions:
    - key: ecr-anywhere.centml.ai/managed
      operator: In
      values: ["true"]
    - key: ecr-anywhere.centml.ai/probe
      operator: {{ .tenant | empty | ternary "Exists" "DoesNotExist" }}
{{- end }}

{{/* A selector also matches what was managed: taking the label off, and ending a Secret, need nobody. */}}
{{- define "ecr-anywhere.conditions" -}}
- name: managed
  expression: "object.metadata.?labels[?'ecr-anywhere.centml.ai/managed'].orValue('') == 'true'"
- name: not-being-deleted
  expression: "!has(object.metadata.deletionTimestamp)"
{{- if not .tenant }}
- name: dry-run
  expression: "has(request.dryRun) && request.dryRun"
{{- end }}
{{- end }}

{{/* Every value of the namespace label that is a tenant's, as JSON (which is CEL too). */}}
{{- define "ecr-anywhere.namespaceValues" -}}
{{- append (include "ecr-anywhere.tenants" . | fromJsonArray) "enabled" | toJson }}
{{- end }}
