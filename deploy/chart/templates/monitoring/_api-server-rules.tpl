{{/*
As `ecr-anywhere.alertRules`, for metrics of the API server. Without them, these alerts are silent. Nothing refuses a pod that could not be
changed, so these metrics alone show it. An error in a match condition is counted apart from one in a mutation, and from a webhook that fails.
*/}}
{{- define "ecr-anywhere.apiServerAlertRules" -}}
{{- $by := include "ecr-anywhere.alertBy" . }}
{{- if ne (include "ecr-anywhere.attachMode" .) "off" }}
- alert: ECRAnywhereAttachFailed
  severity: warning
  # `increase` does not see what a series began with, so a series that is younger than its range counts as a whole.
  expr: |-
    {{- range $at, $errors := list
      `apiserver_mutating_admission_policy_check_total{policy="ecr-anywhere-attach",error_type!="no_error"}`
      `apiserver_admission_match_condition_evaluation_errors_total{name=~"ecr-anywhere-attach|attach[.].*[.]ecr-anywhere[.]centml[.]ai"}`
      `apiserver_admission_webhook_fail_open_count{name=~"attach[.].*[.]ecr-anywhere[.]centml[.]ai"}`
    }}
    {{- if $at }}
      or
    {{- end }}
    sum by ({{ $by }}) (increase({{ $errors }}[10m])) > 0
      or
    sum by ({{ $by }}) ({{ $errors }} > 0 unless {{ $errors }} offset 10m)
    {{- end }}
  summary: New pods with an image from ECR did not get their image pull secret
  description: >-
    The pods were created without it, and cannot pull unless they name a Secret themselves. They stay like this until they are created again.
{{- end }}
{{- end }}
