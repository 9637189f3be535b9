{{/* How pods that have an image from ECR get an image pull secret. */}}

{{/*
The mode that is in force. The automatic one is `policy` wherever the API server serves MutatingAdmissionPolicies: unlike a ticket, an image pull
secret that is missing on some pods, while a cluster is being upgraded, refuses nothing. Before, it is `webhook`, but only if there is a name that
it could attach.
*/}}
{{- define "ecr-anywhere.attachMode" -}}
{{- $mode := .Values.attach.mode | toString }}
{{- /* YAML reads off without quotes as false. */}}
{{- if eq $mode "false" }}off
{{- else if ne $mode "auto" }}{{ $mode }}
{{- else if include "ecr-anywhere.servesPolicies" . }}policy
{{- else if include "ecr-anywhere.pullSecretName" . }}webhook
{{- else }}off
{{- end }}
{{- end }}

{{/* The name of the image pull secret in namespaces without the annotation. Empty if only namespaces with the annotation have one. */}}
{{- define "ecr-anywhere.pullSecretName" -}}
{{- .Values.provision.secretName }}
{{- end }}

{{/* Names of the webhook configurations for pods, as a JSON list. */}}
{{- define "ecr-anywhere.attachConfigurations" -}}
{{- $names := list }}
{{- if eq (include "ecr-anywhere.attachMode" .) "webhook" }}
  {{- range include "ecr-anywhere.tenants" . | fromJsonArray }}{{ $names = append $names (printf "ecr-anywhere-attach-%s" .) }}{{ end }}
{{- end }}
{{- toJson $names }}
{{- end }}

{{/* imagePullSecrets cannot be changed later, so only creates are matched: a policy that matches updates makes `kubectl set image` fail. */}}
{{- define "ecr-anywhere.attachRules" -}}
- apiGroups: [""]
  apiVersions: [v1]
  operations: [CREATE]
  resources: [pods]
  scope: Namespaced
{{- end }}

{{/* Which pods are considered. Takes (dict "root" $ "values" (the values of the namespace label, as JSON)). */}}
{{- define "ecr-anywhere.attachSelectors" -}}
namespaceSelector:
  matchExpressions:
    - key: ecr-anywhere.centml.ai/namespace
      operator: In
      values: {{ .values }}
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values: [kube-system, {{ .root.Release.Namespace }}]
    {{- include "ecr-anywhere.notOptedOut" . | nindent 4 }}
objectSelector:
  matchExpressions:
    {{- include "ecr-anywhere.notOptedOut" . | nindent 4 }}
{{- end }}

{{- define "ecr-anywhere.notOptedOut" -}}
- key: ecr-anywhere.centml.ai/attach
  operator: NotIn
  values: ["false"]
{{- end }}

{{/* With attach.mirrors, images are tested later, because another webhook may still change them. */}}
{{- define "ecr-anywhere.attachConditions" -}}
# The API server refuses mirror pods that refer to a Secret.
- name: not-a-mirror-pod
  expression: "!('kubernetes.io/config.mirror' in object.metadata.?annotations.orValue({}))"
{{- if not .Values.attach.mirrors }}
- name: has-an-image-from-ecr
  expression: |-
    {{- include "ecr-anywhere.hasEcrImage" . | nindent 4 }}
{{- end }}
{{- end }}

{{/* With attach.mirrors, a pod is considered again after another webhook has changed it. */}}
{{- define "ecr-anywhere.attachReinvocation" -}}
{{ .Values.attach.mirrors | ternary "IfNeeded" "Never" }}
{{- end }}

{{/* CEL that tests the images of a pod. The pattern is the rule of the webhook: `imagePattern` in shared/src/registry.ts. */}}
{{- define "ecr-anywhere.hasEcrImage" -}}
{{- $matches := printf ".orValue('').matches('%s')" (.Files.Get "files/ecr-images.txt" | trim) -}}
(object.spec.containers + object.spec.?initContainers.orValue([])).exists(c,
  c.?image{{ $matches }}) ||
object.spec.?volumes.orValue([]).exists(v,
  v.?image.?reference{{ $matches }})
{{- end }}

{{/* CEL that tests whether a text is the name of a Secret: a DNS subdomain. Takes an expression. */}}
{{- define "ecr-anywhere.isSecretName" -}}
size({{ . }}) <= 253 && {{ . }}.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')
{{- end }}
