{{/* The rules of egress NetworkPolicies as JSON lists. */}}

{{/* A rule from a value with `to` and `ports`. An empty list means any peer, or any port. */}}
{{- define "ecr-anywhere.egressRule" -}}
{{- $rule := dict }}
{{- with .to }}{{ $_ := set $rule "to" . }}{{ end }}
{{- with .ports }}{{ $_ := set $rule "ports" . }}{{ end }}
{{- toJson $rule }}
{{- end }}

{{/* What every pod needs. The proxy of the values is not used for the API server, so Jobs need nothing else. */}}
{{- define "ecr-anywhere.egressOfJobs" -}}
{{- $egress := .Values.networkPolicy.egress }}
{{- list (include "ecr-anywhere.egressRule" $egress.dns | fromJson) (include "ecr-anywhere.egressRule" $egress.apiServer | fromJson) | toJson }}
{{- end }}

{{/* The API server is among the rules of the webhook for the mode of attestation in which the webhook reads a ConfigMap. */}}
{{- define "ecr-anywhere.egressOfWebhook" -}}
{{- $egress := .Values.networkPolicy.egress }}
{{- $rules := include "ecr-anywhere.egressOfJobs" . | fromJsonArray }}
{{- $proxied := or $egress.proxy.to $egress.proxy.ports }}
{{- if $proxied }}{{ $rules = append $rules (include "ecr-anywhere.egressRule" $egress.proxy | fromJson) }}{{ end }}
{{- if or (not $proxied) $egress.aws.to }}{{ $rules = append $rules (include "ecr-anywhere.egressRule" $egress.aws | fromJson) }}{{ end }}
{{- if include "ecr-anywhere.metadataNeeded" . }}{{ $rules = append $rules (include "ecr-anywhere.egressToMetadata" . | fromJson) }}{{ end }}
{{- $rules | toJson }}
{{- end }}

{{/* gcp-sync reaches AWS and Google, for whose addresses there is no list that stays true, and the metadata server for Google's credentials. */}}
{{- define "ecr-anywhere.egressOfGcpSync" -}}
{{- $egress := .Values.networkPolicy.egress }}
{{- $rules := list (include "ecr-anywhere.egressRule" $egress.dns | fromJson) }}
{{- if or $egress.proxy.to $egress.proxy.ports }}
  {{- $rules = append $rules (include "ecr-anywhere.egressRule" $egress.proxy | fromJson) }}
{{- else }}
  {{- $rules = append $rules (dict "ports" (list (dict "protocol" "TCP" "port" 443))) }}
{{- end }}
{{- append $rules (include "ecr-anywhere.egressToMetadata" . | fromJson) | toJson }}
{{- end }}

{{/* Not empty if the AWS identity may come from a metadata server: the values neither give keys, nor a token file, or they name Google's audience. */}}
{{- define "ecr-anywhere.metadataNeeded" -}}
{{- $given := list }}
{{- range include "ecr-anywhere.givenEnv" . | fromJsonArray }}{{ $given = append $given .name }}{{ end }}
{{- $keys := or .Values.aws.existingSecret.name (has "AWS_ACCESS_KEY_ID" $given) }}
{{- $tokenFile := or .Values.aws.webIdentity.enabled (has "AWS_WEB_IDENTITY_TOKEN_FILE" $given) (hasKey (.Values.webhook.serviceAccount.annotations | default dict) "eks.amazonaws.com/role-arn") }}
{{- $needed := or (has "AWS_AUDIENCE" $given) (not (or $keys $tokenFile)) }}
{{- range .Values.tenants }}{{ if .profile }}{{ $needed = true }}{{ end }}{{ end }}
{{- if $needed }}true{{ end }}
{{- end }}

{{/*
169.254.169.254 and fd00:ec2::254 are the metadata servers of EC2 and, in part, of Google: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html
169.254.169.252 is that of GKE: https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy#network-policy-and-workload-identity
169.254.170.23 and fd00:ec2::23 are the agent of EKS Pod Identity: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
*/}}
{{- define "ecr-anywhere.egressToMetadata" -}}
{{- $peers := list }}
{{- range list "169.254.169.254/32" "fd00:ec2::254/128" "169.254.169.252/32" "169.254.170.23/32" "fd00:ec2::23/128" }}
  {{- $peers = append $peers (dict "ipBlock" (dict "cidr" .)) }}
{{- end }}
{{- dict "to" $peers "ports" (list (dict "protocol" "TCP" "port" 80) (dict "protocol" "TCP" "port" 988)) | toJson }}
{{- end }}
