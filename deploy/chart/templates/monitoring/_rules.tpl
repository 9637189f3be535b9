{{/*
The alerts whose metrics the webhook serves, as a YAML list of their names, severities, expressions and texts. `prometheusrule.yaml` adds labels and
the runbook. There is one release in a cluster, so no expression selects a namespace, and the same rules work for a fleet.

All replicas serve the same report of the refresher. `max` takes the latest one, because kubelet updates the mounted ConfigMaps at different times.
*/}}
{{- define "ecr-anywhere.alertRules" -}}
{{- $by := include "ecr-anywhere.alertBy" . }}
{{- $stale := include "ecr-anywhere.seconds" .Values.alerts.staleAfter }}
{{- $admissions := "ecr_anywhere_admission_requests_total" }}
- alert: ECRAnywhereRefreshFailed
  severity: warning
  for: 1m
  expr: max by ({{ $by }}) (ecr_anywhere_refresh_failed) == 1
  summary: The latest refresh failed
  description: >-
    Not all Secrets that are due were renewed. Their credentials expire within hours. The ConfigMap ecr-anywhere-status in the namespace of the
    release names each Secret and the cause.
- alert: ECRAnywhereRefreshStale
  severity: warning
  for: 1m
  # By the latest run and not by the latest success, because one broken Secret prevents success. If none was ever recorded, the age of the webhook
  # counts, so that the alert is silent after an install.
  expr: |-
    time() - max by ({{ $by }}) (ecr_anywhere_refresh_last_run_timestamp_seconds) > {{ $stale }}
      or
    time() - min by ({{ $by }}) (ecr_anywhere_start_timestamp_seconds) > {{ $stale }}
      unless
    max by ({{ $by }}) (ecr_anywhere_refresh_last_run_timestamp_seconds)
  summary: No refresh has ended for more than {{ .Values.alerts.staleAfter }}
  description: >-
    No Secret is renewed. The CronJob ecr-anywhere-refresh may be suspended, blocked or deleted, its Jobs may be killed before they end, or their
    report may be unreadable.
- alert: ECRAnywhereSecretExpiringSoon
  severity: critical
  for: 5m
  # Credentials for public.ecr.aws can be valid for one hour only. They are renewed when half of it is over.
  expr: |-
    count by ({{ $by }}) (
      (max by ({{ $by }}, secret_namespace, secret_name) (ecr_anywhere_secret_expiry_timestamp_seconds) - time() < 2 * 3600) > 0
        unless
      max by ({{ $by }}, secret_namespace, secret_name) (ecr_anywhere_secret_lifetime_seconds) < 4 * 3600
    )
  summary: {{ "{{ $value }} managed Secrets expire within 2 hours" | quote }}
  description: {{ printf "Images cannot be pulled with them after that. %s" (include "ecr-anywhere.firstSecrets" .) | quote }}
- alert: ECRAnywhereSecretExpired
  severity: critical
  for: 5m
  # From the time of expiry, which remains true if no refresh runs, and not from the state that the latest refresh counted.
  expr: |-
    count by ({{ $by }}) (
      max by ({{ $by }}, secret_namespace, secret_name) (ecr_anywhere_secret_expiry_timestamp_seconds) - time() <= 0
    )
  summary: {{ "{{ $value }} managed Secrets have expired" | quote }}
  description: {{ printf "Images cannot be pulled with them. %s" (include "ecr-anywhere.firstSecrets" .) | quote }}
- alert: ECRAnywhereSecretNeverInjected
  severity: warning
  for: 5m
  expr: max by ({{ $by }}) (ecr_anywhere_managed_secrets{state="NeverInjected"}) > 0
  summary: {{ "{{ $value }} managed Secrets have never received credentials" | quote }}
  description: They have the label managed but no readable expires_at. Usually their namespace is not enabled, or a refresh of them fails.
- alert: ECRAnywhereWebhookDown
  severity: critical
  for: 5m
  # absent() alone loses the label of the cluster, so a webhook that was scraped within a day is missed by its own labels.
  expr: |-
    group by ({{ $by }}) (last_over_time(ecr_anywhere_build_info[1d])) unless group by ({{ $by }}) (ecr_anywhere_build_info)
      or
    max by ({{ $by }}) (min without (part) (ecr_anywhere_ready)) == 0
      or
    absent(last_over_time(ecr_anywhere_build_info[1d]))
  summary: Prometheus sees no webhook that is ready
  description: Managed Secrets can be neither created nor renewed, unless only the scraping fails.
- alert: ECRAnywhereAdmissionErrors
  severity: warning
  # `increase` does not see what a series began with, so a series that is younger than its range counts as a whole.
  expr: |-
    sum by ({{ $by }}, tenant, result) (increase({{ $admissions }}{result=~"error|kept|stale"}[10m])) > 0
      or
    sum by ({{ $by }}, tenant, result) (
      {{ $admissions }}{result=~"error|kept|stale"} > 0 unless {{ $admissions }}{result=~"error|kept|stale"} offset 10m
    )
  summary: {{ "Secrets of tenant {{ $labels.tenant }} did not get new credentials from AWS ({{ $labels.result }})" | quote }}
  description: The log of the webhook names each Secret and the answer of AWS. With the result error, the write was refused.
- alert: ECRAnywhereAdmissionDenialsJump
  severity: warning
  # More than 10 in 15 minutes, and more than four times the average of the six hours before. A client that is always denied is no jump.
  expr: |-
    sum by ({{ $by }}, tenant) (increase({{ $admissions }}{result="denied"}[15m])) > 10
      unless
    sum by ({{ $by }}, tenant) (increase({{ $admissions }}{result="denied"}[15m]))
      <= 4 * sum by ({{ $by }}, tenant) (increase({{ $admissions }}{result="denied"}[6h] offset 15m)) / 24
  summary: {{ "Many more Secrets of tenant {{ $labels.tenant }} are denied than before" | quote }}
  description: The log of the webhook names each Secret, and what is wrong with it.
- alert: ECRAnywhereTokenRequestsFailing
  severity: warning
  for: 1m
  expr: min by ({{ $by }}, tenant, region) (ecr_anywhere_token_last_result) == 0
  summary: {{ "AWS gives tenant {{ $labels.tenant }} no token in {{ $labels.region }}" | quote }}
  description: Cached tokens remain valid for hours. After that, Secrets cannot be renewed. The log of the webhook has the answer of AWS.
- alert: ECRAnywhereCertificateExpiring
  severity: critical
  for: 30m
  # The certificate is renewed 30 days before it expires.
  expr: min by ({{ $by }}) (ecr_anywhere_serving_certificate_not_after_timestamp_seconds) - time() < 14 * 86400
  summary: The serving certificate of the webhook expires within 14 days
  description: Once it expires, managed Secrets can be neither created nor renewed. See the last run of the CronJob ecr-anywhere-certs.
- alert: ECRAnywhereTicketsMissing
  severity: critical
  for: 10m
  expr: min by ({{ $by }}, tenant) (ecr_anywhere_tickets) == 0
  summary: {{ "The webhook has no ticket of tenant {{ $labels.tenant }}" | quote }}
  description: The Secrets of this tenant can be neither created nor renewed. The CronJob ecr-anywhere-certs creates missing tickets.
{{- if .Values.provision.enabled }}
- alert: ECRAnywhereProvisionDown
  severity: warning
  for: 5m
  # A provisioner that was scraped within a day is missed. The rules file has this alert for clusters without one, too, so it is not absent().
  expr: |-
    group by ({{ $by }}) (last_over_time(ecr_anywhere_provision_ready[1d])) unless group by ({{ $by }}) (ecr_anywhere_provision_ready)
      or
    max by ({{ $by }}) (ecr_anywhere_provision_ready) == 0
  summary: Prometheus sees no provisioner that is ready
  description: >-
    Namespaces that are labelled now get their image pull secret only from the next refresh. Existing Secrets are not affected.
- alert: ECRAnywhereProvisionFailing
  severity: warning
  for: 10m
  # Every replica tries every namespace.
  expr: min by ({{ $by }}) (ecr_anywhere_provision_namespaces{state="failing"}) > 0
  summary: {{ "{{ $value }} namespaces do not get their image pull secret" | quote }}
  description: An Event in each of these namespaces, and /status of the provisioner, state the cause.
{{- end }}
{{- end }}
