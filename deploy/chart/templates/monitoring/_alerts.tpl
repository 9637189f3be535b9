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
