{{/* Names are fixed: a second release is refused by Helm, since the first one owns them. */}}

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

{{/* The component tells the webhook's pods from those of Jobs: no Service may select the latter. */}}
{{- define "ecr-anywhere.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/*
What makes an object a hook. Takes (dict "hook" "pre-install,…" "weight" 0). Helm prints the log of one that fails, and deletes it whether
it fails or not: it does not uninstall hooks.
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

{{- define "ecr-anywhere.refreshUser" -}}
system:serviceaccount:{{ .Release.Namespace }}:ecr-anywhere-refresh
{{- end }}

{{/* Where the serving pair is; with existingSecret, somebody else's. */}}
{{- define "ecr-anywhere.tlsSecret" -}}
{{ eq .Values.tls.mode "existingSecret" | ternary .Values.tls.existingSecret "ecr-anywhere-tls" }}
{{- end }}

{{/* Names of all tenants as a JSON list; there is always one named default. */}}
{{- define "ecr-anywhere.tenants" -}}
{{- $names := list "default" }}
{{- range .Values.tenants }}{{ $names = append $names .name }}{{ end }}
{{- uniq $names | toJson }}
{{- end }}

{{/* Names of all webhook configurations as a JSON list: of each tenant one for its Secrets and one for the check. */}}
{{- define "ecr-anywhere.configurations" -}}
{{- $names := list }}
{{- range include "ecr-anywhere.tenants" . | fromJsonArray }}
  {{- $names = concat $names (list (printf "ecr-anywhere-tenant-%s" .) (printf "ecr-anywhere-check-%s" .)) }}
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

{{/* Is there anything for `certs` to do? cert-manager needs none, tickets do. */}}
{{- define "ecr-anywhere.certsNeeded" -}}
{{- if or (ne .Values.tls.mode "certManager") (eq .Values.attestation.mode "policy") }}true{{ end }}
{{- end }}

{{/* 1h30m -> 5400 */}}
{{- define "ecr-anywhere.seconds" -}}
{{- $hours := regexFind "[0-9]+h" . | trimSuffix "h" | int }}
{{- $minutes := regexFind "[0-9]+m" . | trimSuffix "m" | int }}
{{- $seconds := regexFind "[0-9]+s" . | trimSuffix "s" | int }}
{{- add (mul $hours 3600) (mul $minutes 60) $seconds }}
{{- end }}
