{{/* Names are fixed. Helm refuses a second release, because the first one owns these objects. */}}

{{/* Labels of an object. Takes (dict "root" $ "component" "webhook"). */}}
{{- define "ecr-anywhere.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{ include "ecr-anywhere.podLabels" . }}
{{- end }}

{{- define "ecr-anywhere.podLabels" -}}
{{ include "ecr-anywhere.selector" . }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The component distinguishes the pods of the webhook from those of Jobs, which no Service may select. */}}
{{- define "ecr-anywhere.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/*
Annotations of a hook. Takes (dict "hook" "pre-install,…" "weight" 0). Helm prints the log of a hook that fails. It deletes every hook at its
end, because uninstalling does not delete hooks.
*/}}
{{- define "ecr-anywhere.hook" -}}
helm.sh/hook: {{ .hook }}
helm.sh/hook-weight: {{ .weight | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded,hook-failed
helm.sh/hook-output-log-policy: hook-failed
{{- end }}

{{- define "ecr-anywhere.webhookAccount" -}}
{{ .Values.webhook.serviceAccount.name | default "ecr-anywhere-webhook" }}
{{- end }}

{{- define "ecr-anywhere.gcpSyncAccount" -}}
{{ .Values.gcpSync.serviceAccount.name | default "ecr-anywhere-gcp-sync" }}
{{- end }}

{{- define "ecr-anywhere.refreshUser" -}}
system:serviceaccount:{{ .Release.Namespace }}:ecr-anywhere-refresh
{{- end }}

{{- define "ecr-anywhere.provisionUser" -}}
system:serviceaccount:{{ .Release.Namespace }}:ecr-anywhere-provision
{{- end }}

{{/* The Secret with the serving pair. With existingSecret, the user maintains it. */}}
{{- define "ecr-anywhere.tlsSecret" -}}
{{ eq .Values.tls.mode "existingSecret" | ternary .Values.tls.existingSecret "ecr-anywhere-tls" }}
{{- end }}

{{/* Names of all tenants as a JSON list; there is always one named default. */}}
{{- define "ecr-anywhere.tenants" -}}
{{- $names := list "default" }}
{{- range .Values.tenants }}{{ $names = append $names .name }}{{ end }}
{{- uniq $names | toJson }}
{{- end }}

{{/* Names of the webhook configurations that have a caBundle, as a JSON list: those that do not go through the API server. */}}
{{- define "ecr-anywhere.directConfigurations" -}}
{{- $names := list }}
{{- range include "ecr-anywhere.tenants" . | fromJsonArray }}
  {{- $names = concat $names (list (printf "ecr-anywhere-tenant-%s" .) (printf "ecr-anywhere-check-%s" .)) }}
{{- end }}
{{- toJson $names }}
{{- end }}

{{/* Names of the webhook configurations that go through the API server, as a JSON list. */}}
{{- define "ecr-anywhere.aggregatedConfigurations" -}}
{{- $names := list }}
{{- if include "ecr-anywhere.isAggregated" . }}
  {{- range include "ecr-anywhere.tenants" . | fromJsonArray }}
    {{- $names = concat $names (list (printf "ecr-anywhere-aggregated-tenant-%s" .) (printf "ecr-anywhere-aggregated-check-%s" .)) }}
  {{- end }}
{{- end }}
{{- toJson $names }}
{{- end }}

{{/* Annotations of every webhook configuration. cert-manager's cainjector reads the first. */}}
{{- define "ecr-anywhere.configurationAnnotations" -}}
{{- if eq .Values.tls.mode "certManager" }}
cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/ecr-anywhere-webhook
{{- end }}
{{- with .Values.webhook.configurationAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Not empty if `certs` is needed: cert-manager replaces it for certificates, but not for tickets. */}}
{{- define "ecr-anywhere.certsNeeded" -}}
{{- if or (ne .Values.tls.mode "certManager") (include "ecr-anywhere.hasTickets" .) }}true{{ end }}
{{- end }}

{{/* 1h30m -> 5400 */}}
{{- define "ecr-anywhere.seconds" -}}
{{- $hours := regexFind "[0-9]+h" . | trimSuffix "h" | int }}
{{- $minutes := regexFind "[0-9]+m" . | trimSuffix "m" | int }}
{{- $seconds := regexFind "[0-9]+s" . | trimSuffix "s" | int }}
{{- add (mul $hours 3600) (mul $minutes 60) $seconds }}
{{- end }}
