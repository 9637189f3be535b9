{{/*
Labels of an alert. Takes (dict "root" $ "severity" "warning"). The name of the cluster is a label only if the values set it, because a label of an
alert takes precedence over an external label of the same name that Prometheus would add.
*/}}
{{- define "ecr-anywhere.alertLabels" -}}
{{- $rule := .root.Values.monitoring.prometheusRule }}
{{- $labels := dict "severity" .severity }}
{{- if and $rule.clusterLabel (ne .root.Values.clusterName "kubernetes") }}
  {{- $_ := set $labels $rule.clusterLabel .root.Values.clusterName }}
{{- end }}
{{- merge (dict) ($rule.additionalRuleLabels | default dict) $labels | toYaml }}
{{- end }}

{{/* The labels by which metrics are aggregated. A label that metrics do not have is ignored. */}}
{{- define "ecr-anywhere.alertBy" -}}
{{- with .Values.monitoring.prometheusRule.clusterLabel }}{{ . }}, {{ end }}namespace
{{- end }}

{{/* The sentence that names the three Secrets that expire first. Prometheus fills it in when the alert fires. */}}
{{- define "ecr-anywhere.firstSecrets" -}}
{{- $cluster := .Values.monitoring.prometheusRule.clusterLabel }}
{{- $matchers := `namespace=%q` }}
{{- $values := "$labels.namespace" }}
{{- with $cluster }}
  {{- $matchers = printf "%s,%s=%%q" $matchers . }}
  {{- $values = printf "%s $labels.%s" $values . }}
{{- end }}
{{- $query := printf "bottomk(3, max by (secret_namespace, secret_name) (ecr_anywhere_secret_expiry_timestamp_seconds{%s}))" $matchers -}}
The first are: {{ printf "{{ range query (printf `%s` %s) }}{{ .Labels.secret_namespace }}/{{ .Labels.secret_name }} {{ end }}" $query $values }}
{{- end }}

{{/* A rule as Prometheus reads it. Takes (dict "root" $ "rule" (an item of `ecr-anywhere.alertRules`)). */}}
{{- define "ecr-anywhere.alert" -}}
{{- $rule := .rule }}
alert: {{ $rule.alert }}
expr: |-
  {{- $rule.expr | nindent 2 }}
{{- with $rule.for }}
for: {{ . }}
{{- end }}
labels:
  {{- include "ecr-anywhere.alertLabels" (dict "root" .root "severity" $rule.severity) | nindent 2 }}
annotations:
  {{- dict
    "summary" $rule.summary
    "description" $rule.description
    "runbook_url" (printf "%s#%s" .root.Values.alerts.runbookUrl (lower $rule.alert))
  | toYaml | nindent 2 }}
{{- end }}
