{{/* The variables that the values set, as YAML lists. `ecr-anywhere SUBCOMMAND` reads them, so their names must not change. */}}

{{- define "ecr-anywhere.webhookEnv" -}}
- {name: PORT, value: {{ .Values.webhook.port | quote }}}
- {name: METRICS_PORT, value: {{ .Values.webhook.metricsPort | quote }}}
- {name: CONFIG_FILE, value: /etc/webhook/config/tenants.yaml}
- {name: CERT_FILE, value: /etc/webhook/certs/tls.crt}
- {name: KEY_FILE, value: /etc/webhook/certs/tls.key}
- {name: STATUS_DIR, value: /etc/webhook/status}
- {name: TOKEN_MAX_AGE, value: {{ .Values.tokenMaxAge | quote }}}
- {name: REFRESH_BEFORE, value: {{ .Values.refresh.before | quote }}}
- {name: SHUTDOWN_DELAY, value: {{ .Values.webhook.shutdownDelay | quote }}}
- {name: SHUTDOWN_GRACE, value: {{ .Values.webhook.shutdownGrace | quote }}}
- {name: LOG_LEVEL, value: {{ .Values.logLevel | quote }}}
- {name: CLUSTER_NAME, value: {{ .Values.clusterName | quote }}}
{{- if .Values.provision.enabled }}
- {name: PROVISIONERS, value: {{ printf "%s,%s" (include "ecr-anywhere.provisionUser" .) (include "ecr-anywhere.refreshUser" .) | quote }}}
{{- end }}
{{- if include "ecr-anywhere.hasTickets" . }}
- {name: ATTESTATION_DIR, value: /etc/webhook/tickets}
{{- end }}
{{- if include "ecr-anywhere.isAggregated" . }}
- {name: AGGREGATED_API, value: "true"}
{{- else if eq .Values.attestation.mode "networkPolicy" }}
- {name: REFUSE_PROXIED, value: "true"}
{{- else if eq .Values.attestation.mode "mtls" }}
- {name: CLIENT_CA_FILE, value: /etc/webhook/client-ca/ca.crt}
- {name: CLIENT_NAMES, value: {{ join "," .Values.attestation.mtls.clientNames | quote }}}
{{- end }}
{{- if eq (include "ecr-anywhere.attachMode" .) "webhook" }}
- {name: ATTACH_SECRET, value: {{ include "ecr-anywhere.pullSecretName" . | quote }}}
{{- end }}
{{- with .Values.aws.region }}
- {name: AWS_REGION, value: {{ . | quote }}}
{{- end }}
{{- with .Values.aws.roleArn }}
- {name: AWS_ROLE_ARN, value: {{ . | quote }}}
{{- end }}
{{- if .Values.aws.webIdentity.enabled }}
- {name: AWS_WEB_IDENTITY_TOKEN_FILE, value: /var/run/secrets/ecr-anywhere/aws/token}
{{- end }}
{{- with .Values.aws.existingSecret.name }}
- {name: AWS_ACCESS_KEY_ID, valueFrom: {secretKeyRef: {name: {{ . }}, key: {{ $.Values.aws.existingSecret.accessKeyIdKey | quote }}}}}
- {name: AWS_SECRET_ACCESS_KEY, valueFrom: {secretKeyRef: {name: {{ . }}, key: {{ $.Values.aws.existingSecret.secretAccessKeyKey | quote }}}}}
{{- if $.Values.aws.existingSecret.sessionTokenKey }}
- {name: AWS_SESSION_TOKEN, valueFrom: {secretKeyRef: {name: {{ . }}, key: {{ $.Values.aws.existingSecret.sessionTokenKey | quote }}}}}
{{- end }}
{{- end }}
{{- end }}

{{/* The variables that the values give the webhook in addition, as a JSON list. */}}
{{- define "ecr-anywhere.givenEnv" -}}
{{- concat (.Values.env | default list) (.Values.pod.container.env | default list) (.Values.extraEnv | default list) | toJson }}
{{- end }}

{{- define "ecr-anywhere.refreshEnv" -}}
- {name: RELEASE_NAMESPACE, value: {{ .Release.Namespace }}}
- {name: TOKEN_MAX_AGE, value: {{ .Values.tokenMaxAge | quote }}}
- {name: REFRESH_BEFORE, value: {{ .Values.refresh.before | quote }}}
- {name: REFRESH_CONCURRENCY, value: {{ .Values.refresh.concurrency | quote }}}
- {name: LOG_LEVEL, value: {{ .Values.logLevel | quote }}}
{{- with .Values.refresh.namespaces }}
- {name: NAMESPACES, value: {{ join "," . | quote }}}
{{- end }}
{{- with include "ecr-anywhere.expirySecrets" . }}
- {name: EXPIRY_CONFIG_MAPS, value: {{ . | quote }}}
{{- end }}
{{- if .Values.provision.enabled }}
- {name: CREATE_PULL_SECRETS, value: "true"}
{{- include "ecr-anywhere.pullSecretEnv" . }}
{{- end }}
{{- if .Values.refresh.podEvents }}
- {name: POD_EVENTS, value: "true"}
{{- end }}
{{- end }}

{{- define "ecr-anywhere.provisionEnv" -}}
- {name: METRICS_PORT, value: {{ .Values.webhook.metricsPort | quote }}}
- {name: LOG_LEVEL, value: {{ .Values.logLevel | quote }}}
{{- include "ecr-anywhere.pullSecretEnv" . }}
{{- end }}

{{- define "ecr-anywhere.pullSecretEnv" -}}
{{- with .Values.provision.secretName }}
- {name: PULL_SECRET, value: {{ . | quote }}}
{{- end }}
{{- end }}

{{/*
With SERVING_DNS_NAMES, `certs` creates and rotates the pair in TLS_SECRET. With WEBHOOK_CONFIGURATIONS, it publishes the CAs of that Secret.
With TICKET_SECRET, it creates and rotates tickets. OWNER becomes the owner of these Secrets, so that uninstalling deletes them.
Takes the root, with "beforeRelease" true for the Job that runs before the objects of the release exist.
*/}}
{{- define "ecr-anywhere.certsEnv" -}}
- {name: RELEASE_NAMESPACE, value: {{ .Release.Namespace }}}
- {name: OWNER, value: v1/ConfigMap/ecr-anywhere-tenants}
- {name: BEFORE_RELEASE, value: {{ .beforeRelease | default false | quote }}}
- {name: ROTATE_PROPAGATE, value: {{ .Values.certs.propagate | quote }}}
- {name: ROTATE_RELOAD, value: {{ .Values.certs.reload | quote }}}
{{- if ne .Values.tls.mode "certManager" }}
- {name: TLS_SECRET, value: {{ include "ecr-anywhere.tlsSecret" . }}}
- {name: WEBHOOK_CONFIGURATIONS, value: {{ concat (include "ecr-anywhere.directConfigurations" . | fromJsonArray) (include "ecr-anywhere.aggregatedConfigurations" . | fromJsonArray) | join "," | quote }}}
{{- end }}
{{- if and (ne .Values.tls.mode "certManager") (include "ecr-anywhere.isAggregated" .) }}
- {name: API_SERVICE, value: v1.admission.ecr-anywhere.centml.ai}
{{- end }}
{{- if eq .Values.tls.mode "self" }}
- {name: SERVING_DNS_NAMES, value: ecr-anywhere-webhook.{{ .Release.Namespace }}.svc}
{{- end }}
{{- if include "ecr-anywhere.hasTickets" . }}
- {name: TICKET_SECRET, value: ecr-anywhere-tickets}
- {name: ATTESTED_TENANTS, value: {{ include "ecr-anywhere.tenants" . | fromJsonArray | join "," | quote }}}
{{- end }}
{{- end }}

{{- define "ecr-anywhere.checkEnv" -}}
- {name: RELEASE_NAMESPACE, value: {{ .Release.Namespace }}}
- {name: EXPECTED_FILE, value: /etc/ecr-anywhere/expected.json}
- {name: PROBE_SECRET, value: ecr-anywhere-probe}
- {name: CHECK_TIMEOUT, value: {{ .Values.check.timeout | quote }}}
{{- with .Values.refresh.namespaces }}
- {name: NAMESPACES, value: {{ join "," . | quote }}}
{{- end }}
{{- end }}

{{- define "ecr-anywhere.secretsEnv" -}}
- {name: SECRETS_FILE, value: /etc/ecr-anywhere/secrets.yaml}
{{- end }}

{{/* A target is described by these variables and by TARGETS_FILE, whose items may leave out what a variable sets. */}}
{{- define "ecr-anywhere.gcpSyncEnv" -}}
{{- $sync := .Values.gcpSync }}
- {name: TARGETS_FILE, value: /etc/ecr-anywhere/targets.yaml}
- {name: DEBUG, value: {{ $sync.debug | ternary "True" "False" | quote }}}
{{- if $sync.aws.projectedToken }}
- {name: AWS_OIDC_TOKEN_PATH, value: {{ include "ecr-anywhere.gcpSyncTokenDir" . }}/service-account-token}
{{- else }}
- {name: AWS_AUDIENCE, value: {{ $sync.aws.audience | quote }}}
{{- end }}
{{- range $name, $value := dict
  "AWS_REGION" ($sync.aws.region | default .Values.aws.region)
  "AWS_ROLE_ARN" $sync.aws.roleArn
  "GCP_PROJECT_ID" $sync.projectId
  "GCP_LOCATION" $sync.location
  "GCP_SECRET_NAME" $sync.secretName
  "GCP_REPOSITORY_NAME" $sync.repositoryName
}}
{{- if $value }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}
{{- end }}

{{- define "ecr-anywhere.gcpSyncTokenDir" -}}
/var/run/secrets/sts.googleapis.com
{{- end }}
