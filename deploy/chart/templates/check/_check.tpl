{{/*
The admission objects that `check` expects: every object that these files render, without its labels, as a JSON list. So the expected objects
are always the installed ones.
*/}}
{{- define "ecr-anywhere.admissionObjects" -}}
{{- $objects := list }}
{{- range list
  "admission/mutatingwebhookconfiguration" "admission/mutatingadmissionpolicy" "admission/mutatingadmissionpolicybinding"
  "admission/apiservice" "admission/validatingadmissionpolicy" "admission/validatingadmissionpolicybinding"
  "attach/mutatingwebhookconfiguration" "attach/mutatingadmissionpolicy" "attach/mutatingadmissionpolicybinding"
  "check/mutatingwebhookconfiguration" "check/mutatingadmissionpolicy" "check/mutatingadmissionpolicybinding"
  "check/validatingadmissionpolicy" "check/validatingadmissionpolicybinding"
}}
  {{- range regexSplit "(?m)^---$" (include (printf "%s/%s.yaml" $.Template.BasePath .) $) -1 }}
    {{- $object := fromYaml . }}
    {{- if $object }}
      {{- $objects = append $objects (merge (dict "metadata" (dict "name" $object.metadata.name)) (omit $object "metadata")) }}
    {{- end }}
  {{- end }}
{{- end }}
{{- toJson $objects }}
{{- end }}

{{/*
The same objects, short enough for a ConfigMap with any number of tenants, as a JSON map: "objects" contains those of tenant default and of no
tenant, "ofEachTenant" those of any other tenant, with <tenant> for its name.
*/}}
{{- define "ecr-anywhere.expectedObjects" -}}
{{- $objects := list }}
{{- range include "ecr-anywhere.admissionObjects" . | fromJsonArray }}
  {{- if or (not (regexMatch "^ecr-anywhere-(aggregated-)?(tenant|check|attach)-" .metadata.name)) (regexMatch "^ecr-anywhere-(aggregated-)?(tenant|check|attach)-default([.]|$)" .metadata.name) }}
    {{- $objects = append $objects . }}
  {{- end }}
{{- end }}
{{- $ofEachTenant := list }}
{{- $values := merge (dict "tenants" (list (dict "name" "<tenant>"))) .Values }}
{{- range include "ecr-anywhere.admissionObjects" (merge (dict "Values" $values) .) | fromJsonArray }}
  {{- if regexMatch "^ecr-anywhere-(aggregated-)?(tenant|check|attach)-<tenant>" .metadata.name }}{{ $ofEachTenant = append $ofEachTenant . }}{{ end }}
{{- end }}
{{- dict "objects" $objects "ofEachTenant" $ofEachTenant | toJson }}
{{- end }}

{{- define "ecr-anywhere.checkUser" -}}
system:serviceaccount:{{ .Release.Namespace }}:ecr-anywhere-check
{{- end }}

{{/*
The webhook and the ticket policy of the check match a Secret that is not managed and has the label probe, in the namespace of the release. With
it, the check probes a tenant for which no namespace is labelled yet.
*/}}
{{- define "ecr-anywhere.checkRules" -}}
- apiGroups: [""]
  apiVersions: [v1]
  operations: [CREATE, UPDATE]
  resources: [secrets]
  scope: Namespaced
{{- end }}

{{/* What the webhook of the check for a tenant matches. Takes (dict "root" $ "tenant" "default"). */}}
{{- define "ecr-anywhere.checkMatch" -}}
rules:
  {{- include "ecr-anywhere.checkRules" .root | nindent 2 }}
{{ include "ecr-anywhere.checkNamespace" .root }}
objectSelector:
  matchLabels:
    ecr-anywhere.centml.ai/probe: {{ .tenant | quote }}
matchConditions:
  {{- include "ecr-anywhere.checkConditions" .root | nindent 2 }}
  - name: asks-for-the-tenant
    expression: "object.metadata.?labels[?'ecr-anywhere.centml.ai/probe'].orValue('') == '{{ .tenant }}'"
{{- end }}

{{- define "ecr-anywhere.checkNamespace" -}}
namespaceSelector:
  matchLabels:
    kubernetes.io/metadata.name: {{ .Release.Namespace }}
{{- end }}

{{- define "ecr-anywhere.checkConditions" -}}
- name: dry-run
  expression: has(request.dryRun) && request.dryRun
- name: not-managed
  expression: "!object.metadata.?labels[?'ecr-anywhere.centml.ai/managed'].hasValue()"
{{- end }}
