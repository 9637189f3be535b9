{{/* How the webhook knows that a request comes from the API server. */}}

{{/*
The mode that is in force. The automatic one is `policy` from Kubernetes 1.37 on, because there every API server of a cluster that is being
upgraded serves MutatingAdmissionPolicies, and `aggregated` before.
*/}}
{{- define "ecr-anywhere.attestation" -}}
{{- if ne .Values.attestation.mode "auto" }}{{ .Values.attestation.mode }}
{{- else if and (semverCompare ">=1.37.0-0" .Capabilities.KubeVersion.Version) (include "ecr-anywhere.servesPolicies" .) }}policy
{{- else }}aggregated
{{- end }}
{{- end }}

{{/*
Not empty if the API server serves MutatingAdmissionPolicies. `helm template` knows the version of Kubernetes, but no kinds, unless they are
given with --api-versions.
*/}}
{{- define "ecr-anywhere.servesPolicies" -}}
{{- $versions := .Capabilities.APIVersions }}
{{- if $versions.Has "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy" }}true
{{- else if $versions.Has "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy" }}
{{- else if semverCompare ">=1.36.0-0" .Capabilities.KubeVersion.Version }}true
{{- end }}
{{- end }}

{{/* Not empty if the webhook is an aggregated API. */}}
{{- define "ecr-anywhere.isAggregated" -}}
{{- if eq (include "ecr-anywhere.attestation" .) "aggregated" }}true{{ end }}
{{- end }}

{{/*
Not empty if the API server writes tickets. It also does so in mode `aggregated` where it can. Such a review needs no second request within the
API server, and the mode can be changed without a gap.
*/}}
{{- define "ecr-anywhere.writesTickets" -}}
{{- $mode := include "ecr-anywhere.attestation" . }}
{{- if eq $mode "policy" }}true
{{- else if and (eq $mode "aggregated") .Values.attestation.aggregated.tickets (include "ecr-anywhere.servesPolicies" .) }}true
{{- end }}
{{- end }}

{{/*
Not empty if `certs` maintains tickets. In mode `aggregated` pods have them even if the API server does not write tickets yet, because kubelet
needs a minute to mount new ones.
*/}}
{{- define "ecr-anywhere.hasTickets" -}}
{{- if has (include "ecr-anywhere.attestation" .) (list "policy" "aggregated") }}true{{ end }}
{{- end }}

{{/*
The webhooks of a tenant. Takes (dict "root" $ "tenant" "default" "name" "default.ecr-anywhere.centml.ai" "match" (rules, selectors and
conditions, as YAML)). In mode `aggregated`, a review goes through the API server, or, if it has a ticket, directly to the pods. The condition of
the second webhook must be evaluated while the ticket is there, so the first one comes first.
*/}}
{{- define "ecr-anywhere.webhooks" -}}
{{- $root := .root }}
{{- $tenant := .tenant }}
{{- $match := fromYaml .match }}
{{- $hasTicket := "object.metadata.?annotations[?'ecr-anywhere.centml.ai/attestation'].hasValue()" }}
{{- $isAggregated := include "ecr-anywhere.isAggregated" $root }}
{{- $writesTickets := include "ecr-anywhere.writesTickets" $root }}
{{- $ways := list }}
{{- if $isAggregated }}
  {{- $service := dict "namespace" "default" "name" "kubernetes" "port" 443 "path" (printf "/apis/admission.ecr-anywhere.centml.ai/v1/inject/%s" $tenant) }}
  {{- $conditions := not $writesTickets | ternary list (list (dict "name" "no-ticket" "expression" (printf "!%s" $hasTicket))) }}
  {{- $ways = append $ways (dict "name" (printf "aggregated.%s" .name) "service" $service "conditions" $conditions) }}
{{- end }}
{{- if or $writesTickets (not $isAggregated) }}
  {{- $service := dict "namespace" $root.Release.Namespace "name" "ecr-anywhere-webhook" "port" 443 "path" (printf "/inject/%s" $tenant) }}
  {{- $conditions := not $isAggregated | ternary list (list (dict "name" "has-ticket" "expression" $hasTicket)) }}
  {{- $ways = append $ways (dict "name" .name "service" $service "conditions" $conditions) }}
{{- end }}
{{- range $ways }}
- name: {{ .name }}
  clientConfig:
    service:
      {{- toYaml .service | nindent 6 }}
  {{- toYaml (omit $match "matchConditions") | nindent 2 }}
  matchConditions:
    {{- concat $match.matchConditions .conditions | toYaml | nindent 4 }}
  matchPolicy: Equivalent
  reinvocationPolicy: Never
  failurePolicy: Fail
  sideEffects: NoneOnDryRun
  admissionReviewVersions: [v1]
  timeoutSeconds: {{ $root.Values.webhook.timeoutSeconds }}
{{- end }}
{{- end }}
