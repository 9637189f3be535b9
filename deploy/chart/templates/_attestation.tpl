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
The webhook configurations of a tenant: an object for each way that a review may go. In mode `aggregated` it goes through the API server, or, if
it has a ticket, directly to the pods. The direct way exists, but is never taken, before the API server writes tickets: its caBundle is then published
when the first ticket is written. Each way has its own object, because an entry to which `certs` has published caBundle cannot be taken out
of an object. The API server calls webhooks in the order of the names of their objects, and the condition of the direct way must be evaluated
while the ticket is still there, so its name is the last one. Takes (dict "root" $ "tenant" "default" "component" "webhook" "object"
"tenant-default" "webhook" "default.ecr-anywhere.centml.ai" "match" (rules, selectors and conditions, as YAML)).
*/}}
{{- define "ecr-anywhere.webhookConfigurations" -}}
{{- $root := .root }}
{{- $component := .component }}
{{- $match := fromYaml .match }}
{{- $hasTicket := "object.metadata.?annotations[?'ecr-anywhere.centml.ai/attestation'].hasValue()" }}
{{- $isAggregated := include "ecr-anywhere.isAggregated" $root }}
{{- $writesTickets := include "ecr-anywhere.writesTickets" $root }}
{{- $annotations := include "ecr-anywhere.configurationAnnotations" $root | fromYaml }}
{{- $ways := list }}
{{- $conditionsOfDirectWay := list }}
{{- if $isAggregated }}
  {{- $conditions := list }}
  {{- $takesDirectWay := "false" }}
  {{- if $writesTickets }}
    {{- $conditions = list (dict "name" "no-ticket" "expression" (printf "!%s" $hasTicket)) }}
    {{- $takesDirectWay = $hasTicket }}
  {{- end }}
  {{- $conditionsOfDirectWay = list (dict "name" "has-ticket" "expression" $takesDirectWay) }}
  {{- $ways = append $ways (dict
    "object" (printf "aggregated-%s" .object)
    "webhook" (printf "aggregated.%s" .webhook)
    "service" (dict "namespace" "default" "name" "kubernetes" "port" 443 "path" (printf "/apis/admission.ecr-anywhere.centml.ai/v1/inject/%s" .tenant))
    "conditions" $conditions
    "annotations" (omit $annotations "cert-manager.io/inject-ca-from")
  ) }}
{{- end }}
{{- $ways = append $ways (dict
  "object" .object
  "webhook" .webhook
  "service" (dict "namespace" $root.Release.Namespace "name" "ecr-anywhere-webhook" "port" 443 "path" (printf "/inject/%s" .tenant))
  "conditions" $conditionsOfDirectWay
  "annotations" $annotations
) }}
{{- range $ways }}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: ecr-anywhere-{{ .object }}
  labels:
    {{- include "ecr-anywhere.labels" (dict "root" $root "component" $component) | nindent 4 }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
webhooks:
  - name: {{ .webhook }}
    clientConfig:
      service:
        {{- toYaml .service | nindent 8 }}
    {{- toYaml (omit $match "matchConditions") | nindent 4 }}
    matchConditions:
      {{- concat $match.matchConditions .conditions | toYaml | nindent 6 }}
    matchPolicy: Equivalent
    reinvocationPolicy: Never
    failurePolicy: Fail
    sideEffects: NoneOnDryRun
    admissionReviewVersions: [v1]
    timeoutSeconds: {{ $root.Values.webhook.timeoutSeconds }}
{{- end }}
{{- end }}
