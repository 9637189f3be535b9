{{/* As `ecr-anywhere.alertRules`, for metrics of kube-state-metrics. Without it, these alerts are silent. */}}
{{- define "ecr-anywhere.kubeStateAlertRules" -}}
{{- $by := include "ecr-anywhere.alertBy" . }}
- alert: ECRAnywhereCronJobSuspended
  severity: warning
  for: 15m
  expr: max by ({{ $by }}, cronjob) (kube_cronjob_spec_suspend{cronjob=~"ecr-anywhere-(refresh|certs|gcp-sync)"}) == 1
  summary: {{ "The CronJob {{ $labels.cronjob }} is suspended" | quote }}
  description: {{ "To resume it, run kubectl patch cronjob -n {{ $labels.namespace }} {{ $labels.cronjob }} -p '{\"spec\":{\"suspend\":false}}'." | quote }}
{{- if include "ecr-anywhere.certsNeeded" . }}
- alert: ECRAnywhereCertsFailed
  severity: warning
  for: 20m
  expr: |-
    {{- include "ecr-anywhere.notSucceeded" (dict "by" $by "cronjob" "ecr-anywhere-certs") | nindent 4 }}
  summary: The CronJob ecr-anywhere-certs has not succeeded since its last scheduled run
  description: The serving certificate and the tickets are not rotated. The last line in the log of its pod is the cause.
{{- end }}
{{- if .Values.gcpSync.enabled }}
- alert: ECRAnywhereGcpSyncFailed
  severity: critical
  for: 20m
  expr: |-
    {{- include "ecr-anywhere.notSucceeded" (dict "by" $by "cronjob" "ecr-anywhere-gcp-sync") | nindent 4 }}
  summary: The CronJob ecr-anywhere-gcp-sync has not succeeded since its last scheduled run
  description: >-
    The ECR passwords of remote repositories in Artifact Registry expire within hours. The last line in the log of its pod is the cause.
{{- end }}
{{- end }}

{{/* No run has succeeded since the last scheduled one. Failed Jobs are not counted, because Kubernetes keeps those for a while. */}}
{{- define "ecr-anywhere.notSucceeded" -}}
{{- $scheduled := printf `max by (%s, cronjob) (kube_cronjob_status_last_schedule_time{cronjob="%s"})` .by .cronjob }}
{{- $scheduled }}
  unless
(max by ({{ .by }}, cronjob) (kube_cronjob_status_last_successful_time{cronjob="{{ .cronjob }}"}) >= {{ $scheduled }})
{{- end }}
