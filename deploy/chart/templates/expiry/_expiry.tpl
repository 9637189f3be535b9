{{/* Names of the Secrets in `secrets` whose expiry the refresher also writes into a ConfigMap, by their namespace, as a JSON map. */}}
{{- define "ecr-anywhere.expiryConfigMaps" -}}
{{- $names := dict }}
{{- range .Values.secrets }}
  {{- if .expiryConfigMap }}{{ $_ := set $names .namespace (append (get $names .namespace | default list) .name) }}{{ end }}
{{- end }}
{{- toJson $names }}
{{- end }}

{{/* The same for the variable EXPIRY_CONFIG_MAPS, or nothing. */}}
{{- define "ecr-anywhere.expirySecrets" -}}
{{- $found := list }}
{{- range .Values.secrets }}
  {{- if .expiryConfigMap }}{{ $found = append $found (printf "%s/%s" .namespace .name) }}{{ end }}
{{- end }}
{{- join "," $found }}
{{- end }}
