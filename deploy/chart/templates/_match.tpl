{{/* What a tenant's webhook, its ticket policy and the validating policies match. */}}

{{- define "ecr-anywhere.rules" -}}
- apiGroups: [""]
  apiVersions: [v1]
  operations: [CREATE, UPDATE]
  resources: [secrets]
  scope: Namespaced
{{- end }}

{{/*
A tenant's webhook and its ticket policy must match the same: a review without a ticket is refused, and a ticket without a review would be
stored. Takes the tenant's name.
*/}}
{{- define "ecr-anywhere.selectors" -}}
namespaceSelector:
  matchExpressions:
    - key: ecr-anywhere.centml.ai/namespace
      operator: In
      values: {{ include "ecr-anywhere.labelValues" . }}
{{ include "ecr-anywhere.managedSelector" . }}
{{- end }}

{{- define "ecr-anywhere.managedSelector" -}}
objectSelector:
  matchLabels:
    ecr-anywhere.centml.ai/managed: "true"
{{- end }}

{{/* The selector also matches a Secret that was managed: removing the label, and changing a Secret that is being deleted, need no webhook. */}}
{{- define "ecr-anywhere.conditions" -}}
- name: managed
  expression: "object.metadata.?labels[?'ecr-anywhere.centml.ai/managed'].orValue('') == 'true'"
{{ include "ecr-anywhere.notBeingDeleted" . }}
{{- end }}

{{/* Only oldObject is believed: with server-side apply, whoever writes an object may give it a deletionTimestamp. */}}
{{- define "ecr-anywhere.notBeingDeleted" -}}
- name: not-being-deleted
  expression: oldObject == null || !has(oldObject.metadata.deletionTimestamp)
{{- end }}

{{/* The values of the namespace label that mean the tenant of the name given, as JSON (which is CEL too). */}}
{{- define "ecr-anywhere.labelValues" -}}
{{ eq . "default" | ternary (list "enabled" "default") (list .) | toJson }}
{{- end }}

{{/* Every value of the namespace label that is a tenant's, as JSON. */}}
{{- define "ecr-anywhere.namespaceValues" -}}
{{- append (include "ecr-anywhere.tenants" . | fromJsonArray) "enabled" | toJson }}
{{- end }}

{{/*
The namespaces that may have each value of the namespace label, as a JSON map of value to patterns; empty where no tenant lists its `namespaces`.
A tenant without a list is not in it.
*/}}
{{- define "ecr-anywhere.namespacePatterns" -}}
{{- $patterns := dict }}
{{- range .Values.tenants }}
  {{- $namespaces := .namespaces }}
  {{- if $namespaces }}{{ range include "ecr-anywhere.labelValues" .name | fromJsonArray }}{{ $_ := set $patterns . $namespaces }}{{ end }}{{ end }}
{{- end }}
{{- if $patterns }}{{ toJson $patterns }}{{ end }}
{{- end }}

{{/* CEL: does a namespace's name match one of the patterns that a variable holds? A star is any characters; a name has no dots to stop it. */}}
{{- define "ecr-anywhere.matchesPatterns" -}}
variables.patterns == [] || variables.patterns.exists(pattern, {{ . }}.matches('^' + pattern.replace('*', '.*') + '$'))
{{- end }}

{{/* Names of the ValidatingAdmissionPolicies as a JSON list; each has a binding of the same name. */}}
{{- define "ecr-anywhere.validatingPolicies" -}}
{{- $names := list "ecr-anywhere-injected" "ecr-anywhere-no-ticket" "ecr-anywhere-reader-guard" "ecr-anywhere-refresher" "ecr-anywhere-spelling" }}
{{- if include "ecr-anywhere.namespacePatterns" . }}{{ $names = append $names "ecr-anywhere-namespaces" }}{{ end }}
{{- $names | toJson }}
{{- end }}
