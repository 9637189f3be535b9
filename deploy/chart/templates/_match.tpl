{{/* The match rules of webhooks, ticket policies and validating policies. */}}

{{- define "ecr-anywhere.rules" -}}
- apiGroups: [""]
  apiVersions: [v1]
  operations: [CREATE, UPDATE]
  resources: [secrets]
  scope: Namespaced
{{- end }}

{{/*
The webhook of a tenant and its ticket policy must match the same objects. Otherwise reviews without a ticket would be denied, or tickets would
be stored. Takes the name of the tenant.
*/}}
{{- define "ecr-anywhere.selectors" -}}
namespaceSelector:
  matchExpressions:
    - key: ecr-anywhere.centml.ai/namespace
      operator: In
      values: {{ include "ecr-anywhere.labelValues" . }}
{{ include "ecr-anywhere.managedSelector" . }}
{{- end }}

{{/* What the webhook of a tenant matches. Takes the name of the tenant. */}}
{{- define "ecr-anywhere.match" -}}
rules:
  {{- include "ecr-anywhere.rules" . | nindent 2 }}
{{ include "ecr-anywhere.selectors" . }}
matchConditions:
  {{- include "ecr-anywhere.conditions" . | nindent 2 }}
{{- end }}

{{- define "ecr-anywhere.managedSelector" -}}
objectSelector:
  matchLabels:
    ecr-anywhere.centml.ai/managed: "true"
{{- end }}

{{/* The selector also matches a Secret whose old version was managed. Removing the label, or changing a Secret that is being deleted, needs no webhook. */}}
{{- define "ecr-anywhere.conditions" -}}
- name: managed
  expression: "object.metadata.?labels[?'ecr-anywhere.centml.ai/managed'].orValue('') == 'true'"
{{ include "ecr-anywhere.notBeingDeleted" . }}
{{- end }}

{{/* Only oldObject can be trusted, because server-side apply lets a client set deletionTimestamp in the new object. */}}
{{- define "ecr-anywhere.notBeingDeleted" -}}
- name: not-being-deleted
  expression: oldObject == null || !has(oldObject.metadata.deletionTimestamp)
{{- end }}

{{/* The values of the namespace label that select the given tenant, as JSON, which is also valid CEL. */}}
{{- define "ecr-anywhere.labelValues" -}}
{{ eq . "default" | ternary (list "enabled" "default") (list .) | toJson }}
{{- end }}

{{/* Every value of the namespace label that selects a tenant, as JSON. */}}
{{- define "ecr-anywhere.namespaceValues" -}}
{{- append (include "ecr-anywhere.tenants" . | fromJsonArray) "enabled" | toJson }}
{{- end }}

{{/*
The namespaces that may have each value of the namespace label, as a JSON map from value to patterns. Tenants without `namespaces` are left out.
Empty if no tenant has `namespaces`.
*/}}
{{- define "ecr-anywhere.namespacePatterns" -}}
{{- $patterns := dict }}
{{- range .Values.tenants }}
  {{- $namespaces := .namespaces }}
  {{- if $namespaces }}{{ range include "ecr-anywhere.labelValues" .name | fromJsonArray }}{{ $_ := set $patterns . $namespaces }}{{ end }}{{ end }}
{{- end }}
{{- if $patterns }}{{ toJson $patterns }}{{ end }}
{{- end }}

{{/* CEL that tests whether the name of a namespace matches a pattern. A star matches any characters; no escaping is needed, because names have no dots. */}}
{{- define "ecr-anywhere.matchesPatterns" -}}
variables.patterns == [] || variables.patterns.exists(pattern, {{ . }}.matches('^' + pattern.replace('*', '.*') + '$'))
{{- end }}

{{/* Names of the ValidatingAdmissionPolicies as a JSON list; each has a binding of the same name. */}}
{{- define "ecr-anywhere.validatingPolicies" -}}
{{- $names := list "ecr-anywhere-injected" "ecr-anywhere-no-ticket" "ecr-anywhere-reader-guard" "ecr-anywhere-refresher" "ecr-anywhere-spelling" }}
{{- if .Values.provision.enabled }}{{ $names = append $names "ecr-anywhere-pull-secrets" }}{{ end }}
{{- if include "ecr-anywhere.namespacePatterns" . }}{{ $names = append $names "ecr-anywhere-namespaces" }}{{ end }}
{{- $names | toJson }}
{{- end }}
