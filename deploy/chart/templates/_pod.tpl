{{- define "ecr-anywhere.image" -}}
{{- with .Values.global.imageRegistry | default .Values.image.registry }}{{ . }}/{{ end }}
{{- .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* Names of all image pull secrets as a JSON list. */}}
{{- define "ecr-anywhere.pullSecrets" -}}
{{- $names := list }}
{{- range concat .Values.imagePullSecrets .Values.global.imagePullSecrets }}
  {{- if kindIs "string" . }}{{ $names = append $names . }}{{ else }}{{ $names = append $names .name }}{{ end }}
{{- end }}
{{- uniq $names | toJson }}
{{- end }}

{{/*
The fields that all pods have in common. The image sets a uid that is not root; here none is set, so that OpenShift can choose one.
Takes (dict "root" $ "part" .Values.refresh), and "dnsPolicy" for a part that needs one unless the values set it. The values of the part replace
those of all pods, but its node selector is merged with theirs, so that `kubernetes.io/os: linux` remains. The part `webhook` renders its own affinity.
*/}}
{{- define "ecr-anywhere.podSpec" -}}
{{- $part := .part }}
{{- $dnsPolicy := .dnsPolicy }}
{{- with .root }}
enableServiceLinks: false
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with include "ecr-anywhere.pullSecrets" . | fromJsonArray }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $dnsPolicy | default .Values.dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with $part.priorityClassName | default .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with merge (dict) ($part.nodeSelector | default dict) (.Values.nodeSelector | default dict) }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $part.tolerations | default .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* The fields that all containers have in common. */}}
{{- define "ecr-anywhere.container" -}}
image: {{ include "ecr-anywhere.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
terminationMessagePolicy: FallbackToLogsOnError
securityContext:
  {{- toYaml .Values.containerSecurityContext | nindent 2 }}
{{- end }}

{{/*
The spec of a Job. Takes (dict "root" $ "component" "refresh" "account" "ecr-anywhere-refresh" "env" (list of variables)
"part" .Values.refresh (for where it runs), "resources" …, "deadline" seconds, "retries" 1, "config" (a ConfigMap to mount at /etc/ecr-anywhere, or ""),
"awsToken" (dict "audience" … "expirationSeconds" …) to project a service account token for AWS, "withoutKubernetes" true for a Job that does not call the API server).
The subcommand is the component's name unless "subcommand" says otherwise.
*/}}
{{- define "ecr-anywhere.job" -}}
backoffLimit: {{ .retries }}
activeDeadlineSeconds: {{ .deadline }}
podFailurePolicy:
  rules:
    # Exit code 2 reports wrong settings, which a retry does not fix.
    - action: FailJob
      onExitCodes:
        operator: In
        values: [2]
    - action: Ignore
      onPodConditions:
        - type: DisruptionTarget
          # The default, which Kubernetes 1.30 does not set in a CronJob.
          status: "True"
template:
  metadata:
    labels:
      {{- include "ecr-anywhere.podLabels" . | nindent 6 }}
    {{- with .root.Values.podAnnotations }}
    annotations:
      {{- toYaml . | nindent 6 }}
    {{- end }}
  spec:
    restartPolicy: Never
    serviceAccountName: {{ .account }}
    automountServiceAccountToken: {{ not .withoutKubernetes }}
    {{- include "ecr-anywhere.podSpec" (dict "root" .root "part" .part) | trim | nindent 4 }}
    {{- with .part.affinity }}
    affinity:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    containers:
      - name: {{ .component }}
        args: [{{ .subcommand | default .component }}]
        {{- include "ecr-anywhere.container" .root | nindent 8 }}
        env:
          {{- concat .env .root.Values.extraEnv | toYaml | nindent 10 }}
        {{- with .resources }}
        resources:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        {{- if or .config .awsToken }}
        volumeMounts:
          {{- if .config }}
          - name: config
            mountPath: /etc/ecr-anywhere
            readOnly: true
          {{- end }}
          {{- if .awsToken }}
          - name: aws-token
            mountPath: {{ include "ecr-anywhere.gcpSyncTokenDir" . }}
            readOnly: true
          {{- end }}
        {{- end }}
    {{- if or .config .awsToken }}
    volumes:
      {{- if .config }}
      - name: config
        configMap:
          name: {{ .config }}
      {{- end }}
      {{- with .awsToken }}
      - name: aws-token
        projected:
          sources:
            - serviceAccountToken:
                path: service-account-token
                audience: {{ .audience }}
                expirationSeconds: {{ .expirationSeconds }}
      {{- end }}
    {{- end }}
{{- end }}
