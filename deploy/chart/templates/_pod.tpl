{{- define "ecr-anywhere.image" -}}
{{- with .Values.global.imageRegistry | default .Values.image.registry }}{{ . }}/{{ end }}
{{- .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* Names of all image pull secrets as a JSON list. */}}
{{- define "ecr-anywhere.pullSecrets" -}}
{{- $names := list }}
{{- range concat (.Values.imagePullSecrets | default list) (.Values.global.imagePullSecrets | default list) }}
  {{- if kindIs "string" . }}{{ $names = append $names . }}{{ else }}{{ $names = append $names .name }}{{ end }}
{{- end }}
{{- uniq $names | toJson }}
{{- end }}

{{/*
The fields that all pods have in common. The image sets a uid that is not root; here none is set, so that OpenShift can choose one.
Takes (dict "root" $ "part" .Values.refresh), and "dnsPolicy" for a part that needs one unless the values set it. The values of the part replace
those of all pods, but its node selector is merged with theirs, so that `kubernetes.io/os: linux` remains. Deployments render their affinity by `ecr-anywhere.spread`.
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

{{/*
How the pods of a Deployment are spread over nodes and zones, unless the values of the part say otherwise. Takes (dict "root" $ "component"
"webhook" "part" .Values.webhook).
*/}}
{{- define "ecr-anywhere.spread" -}}
affinity:
  {{- if .part.affinity }}
  {{- toYaml .part.affinity | nindent 2 }}
  {{- else }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- include "ecr-anywhere.selector" . | nindent 14 }}
  {{- end }}
topologySpreadConstraints:
  {{- if .part.topologySpreadConstraints }}
  {{- toYaml .part.topologySpreadConstraints | nindent 2 }}
  {{- else }}
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "ecr-anywhere.selector" . | nindent 8 }}
  {{- end }}
{{- end }}

{{/* The probes of a container that serves `/livez` and `/readyz` on its port `metrics`. */}}
{{- define "ecr-anywhere.probes" -}}
startupProbe:
  httpGet: {path: /livez, port: metrics}
  periodSeconds: 1
  failureThreshold: 60
readinessProbe:
  httpGet: {path: /readyz, port: metrics}
  periodSeconds: 2
  failureThreshold: 2
livenessProbe:
  httpGet: {path: /livez, port: metrics}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
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
          {{- concat .env (.root.Values.extraEnv | default list) | toYaml | nindent 10 }}
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
