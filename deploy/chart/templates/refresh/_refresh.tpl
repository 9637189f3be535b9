{{/* What the refresher needs for its Events, in the whole cluster or in a namespace. */}}
{{- define "ecr-anywhere.refreshEventRules" -}}
- apiGroups: [""]
  resources: [events]
  verbs: [create]
{{- if .Values.refresh.podEvents }}
# To find pods that wait for an image. RBAC cannot restrict this to what the refresher reads of a pod.
- apiGroups: [""]
  resources: [pods]
  verbs: [list]
{{- end }}
{{- end }}
