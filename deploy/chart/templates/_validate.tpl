{{/* Lists every problem that the schema cannot express, such as values that contradict each other. */}}
{{- define "ecr-anywhere.problems" -}}
{{- $v := .Values }}
{{- $problems := list }}

{{- /* Image */}}
{{- if not $v.image.repository }}
  {{- $problems = append $problems "image.repository: found nothing, because no release has set it in this chart; wanted an image, so install the chart that `make release REGISTRY=host/path` pushes, or pass --set image.repository=host/path/ecr-anywhere for an image that you pushed yourself" }}
{{- end }}

{{- /* AWS */}}
{{- $own := include "ecr-anywhere.webhookEnv" . | fromYamlArray }}
{{- $given := list }}
{{- range include "ecr-anywhere.givenEnv" . | fromJsonArray }}{{ $given = append $given .name }}{{ end }}
{{- $names := $given }}
{{- range concat $own (include "ecr-anywhere.certsEnv" . | fromYamlArray) (include "ecr-anywhere.checkEnv" . | fromYamlArray) (include "ecr-anywhere.secretsEnv" . | fromYamlArray) (include "ecr-anywhere.refreshEnv" . | fromYamlArray) (include "ecr-anywhere.provisionEnv" . | fromYamlArray) | uniq }}
  {{- if has .name $given }}
    {{- $problems = append $problems (printf "env, pod.container.env, extraEnv: found %s, which the chart sets from its own values; wanted that value instead (values that set variables are listed in the chart's README)" .name) }}
  {{- end }}
{{- end }}
{{- range uniq $given }}
  {{- $name := . }}
  {{- $count := 0 }}
  {{- range $given }}{{ if eq . $name }}{{ $count = add1 $count }}{{ end }}{{ end }}
  {{- if gt (int $count) 1 }}
    {{- $problems = append $problems (printf "env, pod.container.env, extraEnv: found %s more than once, wanted it once" $name) }}
  {{- end }}
{{- end }}
{{- if and $v.env $v.pod.container.env }}
  {{- $problems = append $problems "pod.container.env: found it together with env, its new name; wanted only env" }}
{{- end }}
{{- if not (or $v.aws.region (has "AWS_REGION" $given) (has "AWS_DEFAULT_REGION" $given)) }}
  {{- $problems = append $problems "aws.region: found nothing, wanted the region of your registry, such as us-east-1 (or AWS_REGION in env)" }}
{{- end }}
{{- if $v.aws.webIdentity.enabled }}
  {{- if not (or $v.aws.roleArn (has "AWS_ROLE_ARN" $given)) }}
    {{- $problems = append $problems "aws.webIdentity.enabled: found no aws.roleArn, wanted the role that trusts this cluster's tokens" }}
  {{- end }}
  {{- if or $v.aws.existingSecret.name (has "AWS_ACCESS_KEY_ID" $given) }}
    {{- $problems = append $problems "aws.webIdentity.enabled: found static keys as well (aws.existingSecret.name or AWS_ACCESS_KEY_ID), which would take precedence; wanted one of the two" }}
  {{- end }}
{{- end }}
{{- if and $v.aws.existingSecret.sessionTokenKey (not $v.aws.existingSecret.name) }}
  {{- $problems = append $problems "aws.existingSecret.name: found nothing with sessionTokenKey, wanted the Secret's name" }}
{{- end }}

{{- /* Tenants, durations */}}
{{- $tenants := list }}
{{- range $v.tenants }}
  {{- if has .name $tenants }}
    {{- $problems = append $problems (printf "tenants: found two named %s, wanted one" .name) }}
  {{- end }}
  {{- if eq .name "enabled" }}
    {{- $problems = append $problems "tenants: found one named enabled, which is the value of the namespace label for tenant default; wanted default" }}
  {{- end }}
  {{- $tenants = append $tenants .name }}
  {{- if and .externalId (not .roleArn) }}
    {{- $problems = append $problems (printf "tenants: found externalId without roleArn on %s, wanted the role that requires it" .name) }}
  {{- end }}
{{- end }}
{{- range list
  (list "tokenMaxAge" $v.tokenMaxAge "1s" "11h")
  (list "refresh.before" $v.refresh.before "1s" "11h")
  (list "webhook.shutdownDelay" $v.webhook.shutdownDelay "0s" "5m")
  (list "webhook.shutdownGrace" $v.webhook.shutdownGrace "1s" "5m")
  (list "certs.propagate" $v.certs.propagate "1s" "24h")
  (list "certs.reload" $v.certs.reload "1s" "24h")
  (list "check.timeout" $v.check.timeout "1s" "10m")
  (list "alerts.staleAfter" $v.alerts.staleAfter "5m" "24h")
}}
  {{- $seconds := include "ecr-anywhere.seconds" (index . 1) | int }}
  {{- if or (lt $seconds (include "ecr-anywhere.seconds" (index . 2) | int)) (gt $seconds (include "ecr-anywhere.seconds" (index . 3) | int)) }}
    {{- $problems = append $problems (printf "%s: found %s, wanted %s to %s" (index . 0) (index . 1) (index . 2) (index . 3)) }}
  {{- end }}
{{- end }}
{{- if not (lt (add (include "ecr-anywhere.seconds" $v.tokenMaxAge | int) (include "ecr-anywhere.seconds" $v.refresh.before | int)) 39600) }}
  {{- $problems = append $problems (printf "tokenMaxAge and refresh.before: found %s and %s, 11h or more together; wanted less, so that a fresh Secret is never due" $v.tokenMaxAge $v.refresh.before) }}
{{- end }}

{{- /* Secrets */}}
{{- $secrets := list }}
{{- $pullSecrets := include "ecr-anywhere.pullSecrets" . | fromJsonArray }}
{{- range $v.secrets }}
  {{- if and (eq .namespace $.Release.Namespace) (has .name $pullSecrets) }}
    {{- $problems = append $problems (printf "imagePullSecrets: found %s, which secrets lists in this release's namespace. The webhook manages that Secret, so once it has expired no pod of the webhook could pull its image and renew it; wanted a Secret that does not depend on the webhook" .name) }}
  {{- end }}
  {{- $name := printf "%s/%s" .namespace .name }}
  {{- $kind := .kind | default "dockerconfigjson" }}
  {{- if has $name $secrets }}
    {{- $problems = append $problems (printf "secrets: found %s twice, wanted it once" $name) }}
  {{- end }}
  {{- $secrets = append $secrets $name }}
  {{- if and (eq $kind "basic-auth") (ne (len (.registries | default list)) 1) }}
    {{- $problems = append $problems (printf "secrets: found %d registries on %s, wanted one: basic-auth holds one user and password" (len (.registries | default list)) $name) }}
  {{- end }}
  {{- if and (hasPrefix "argocd-" $kind) (or (not .url) .registries) }}
    {{- $problems = append $problems (printf "secrets: found %s without url, or with registries; wanted url alone, which names the registry" $name) }}
  {{- end }}
  {{- if and .url (not (hasPrefix "argocd-" $kind)) }}
    {{- $problems = append $problems (printf "secrets: found url on %s, which is %s; wanted it on Argo CD's kinds only" $name $kind) }}
  {{- end }}
  {{- if and (or .expiryConfigMap .type) (not (hasPrefix "argocd-" $kind)) }}
    {{- $problems = append $problems (printf "secrets: found type or expiryConfigMap on %s, which is %s; wanted them on Argo CD's kinds only" $name $kind) }}
  {{- end }}
  {{- /* These two values may contain a password by mistake, so they are never quoted. */}}
  {{- if contains "@" (.url | default "") }}
    {{- $problems = append $problems (printf "secrets: found url on %s with an @, wanted a URL without user and password, which come from ECR" $name) }}
  {{- end }}
  {{- range .registries }}
    {{- if not (regexMatch "^[a-z0-9][a-z0-9.-]+$" .) }}
      {{- $problems = append $problems (printf "secrets: found in registries of %s a value that is not a host, wanted a host such as 111122223333.dkr.ecr.us-east-1.amazonaws.com, without a scheme, a user or a path" $name) }}
    {{- end }}
  {{- end }}
  {{- if and $v.refresh.namespaces (not (has .namespace $v.refresh.namespaces)) }}
    {{- $problems = append $problems (printf "secrets: found %s, but refresh.namespaces lacks %s, so its credentials would expire after 12 hours; wanted the namespace there" $name .namespace) }}
  {{- end }}
{{- end }}

{{- /* Provisioning */}}
{{- if and $v.provision.enabled $v.refresh.namespaces }}
  {{- $problems = append $problems "provision.enabled: found it with refresh.namespaces, so that pull Secrets in other namespaces would never be renewed; wanted one of the two" }}
{{- end }}
{{- if and $v.provision.secretName (not $v.provision.enabled) (eq (include "ecr-anywhere.attachMode" .) "off") }}
  {{- $problems = append $problems (printf "provision.secretName: found %s without provision.enabled, which creates this Secret, and with attach.mode off, so that nothing uses the name; wanted one of the two" $v.provision.secretName) }}
{{- end }}
{{- if and $v.provision.secretName (has $v.provision.secretName $pullSecrets) }}
  {{- $problems = append $problems (printf "provision.secretName: found %s, which is also one of imagePullSecrets. If the namespace of this release is enabled, the webhook would manage it, and could not pull its own image once it has expired; wanted another name" $v.provision.secretName) }}
{{- end }}

{{- /* Google Cloud */}}
{{- with $v.gcpSync }}
{{- if .enabled }}
  {{- if and .repositoryName .targets }}
    {{- $problems = append $problems "gcpSync.repositoryName: found it beside gcpSync.targets, wanted only one of them" }}
  {{- end }}
  {{- $sync := . }}
  {{- range .targets | default (list dict) }}
    {{- range $value, $given := dict
      "gcpSync.projectId" (.project | default $sync.projectId)
      "gcpSync.location" (.location | default $sync.location)
      "gcpSync.repositoryName" (.repository | default $sync.repositoryName)
      "gcpSync.secretName" (.secret | default $sync.secretName)
      "gcpSync.aws.roleArn" (.roleArn | default $sync.aws.roleArn)
      "gcpSync.aws.region" (.region | default $sync.aws.region | default $v.aws.region)
    }}
      {{- if not $given }}
        {{- $problems = append $problems (printf "%s: found nothing with gcpSync.enabled, wanted it, or the same in each item of gcpSync.targets" $value) }}
      {{- end }}
    {{- end }}
  {{- end }}
{{- end }}
{{- end }}

{{- /* Certificates */}}
{{- if and (eq $v.tls.mode "certManager") (not $v.tls.certManager.issuer.name) }}
  {{- $problems = append $problems "tls.certManager.issuer.name: found nothing with tls.mode certManager, wanted an issuer" }}
{{- end }}
{{- if and (ne $v.tls.mode "certManager") $v.tls.certManager.issuer.name }}
  {{- $problems = append $problems (printf "tls.certManager.issuer.name: found it with tls.mode %s, wanted certManager" $v.tls.mode) }}
{{- end }}
{{- if and (eq $v.tls.mode "existingSecret") (not $v.tls.existingSecret) }}
  {{- $problems = append $problems "tls.existingSecret: found nothing with tls.mode existingSecret, wanted a Secret's name" }}
{{- end }}
{{- if and (ne $v.tls.mode "existingSecret") $v.tls.existingSecret }}
  {{- $problems = append $problems (printf "tls.existingSecret: found it with tls.mode %s, wanted existingSecret" $v.tls.mode) }}
{{- end }}

{{- /* Attestation */}}
{{- $foundKubernetes := printf "Kubernetes %s" .Capabilities.KubeVersion.Version }}
{{- if .Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicy" }}
  {{- $foundKubernetes = printf "%s, which serves MutatingAdmissionPolicies only of v1beta1" $foundKubernetes }}
{{- end }}
{{- if and (eq $v.attestation.mode "policy") (not (include "ecr-anywhere.servesPolicies" .)) }}
  {{- $problems = append $problems (printf "attestation.mode: found policy on %s, wanted an API server that serves MutatingAdmissionPolicies of admissionregistration.k8s.io/v1 (1.36 or later), with which it can write tickets. Choose auto or aggregated, which work on every version" $foundKubernetes) }}
{{- end }}
{{- if and (eq $v.attestation.mode "mtls") (not (and $v.attestation.mtls.clientCaConfigMap $v.attestation.mtls.clientNames)) }}
  {{- $problems = append $problems "attestation.mtls: found no clientCaConfigMap or no clientNames with attestation.mode mtls, wanted both" }}
{{- end }}
{{- if and (ne $v.attestation.mode "mtls") (or $v.attestation.mtls.clientCaConfigMap $v.attestation.mtls.clientNames) }}
  {{- $problems = append $problems (printf "attestation.mtls: found it with attestation.mode %s, wanted mtls" $v.attestation.mode) }}
{{- end }}
{{- if and (eq $v.attestation.mode "networkPolicy") (not (or $v.attestation.networkPolicy.apiServerCidrs $v.attestation.networkPolicy.from)) }}
  {{- $problems = append $problems "attestation.networkPolicy: found neither apiServerCidrs nor from with attestation.mode networkPolicy, wanted the API server's addresses" }}
{{- end }}
{{- if and (ne $v.attestation.mode "networkPolicy") (or $v.attestation.networkPolicy.apiServerCidrs $v.attestation.networkPolicy.from) }}
  {{- $problems = append $problems (printf "attestation.networkPolicy: found addresses or peers with attestation.mode %s, wanted networkPolicy" $v.attestation.mode) }}
{{- end }}

{{- /* Image pull secrets of pods */}}
{{- $attachMode := include "ecr-anywhere.attachMode" . }}
{{- if and (eq $attachMode "policy") (not (include "ecr-anywhere.servesPolicies" .)) }}
  {{- $problems = append $problems (printf "attach.mode: found policy on %s, wanted an API server that serves MutatingAdmissionPolicies of admissionregistration.k8s.io/v1 (1.36 or later). Choose auto or webhook" $foundKubernetes) }}
{{- end }}
{{- if and (eq $attachMode "webhook") (not (include "ecr-anywhere.pullSecretName" .)) }}
  {{- $problems = append $problems "provision.secretName: found nothing with attach.mode webhook, wanted the name of the image pull secret, because the webhook cannot read the annotation of a namespace" }}
{{- end }}
{{- if and (eq $attachMode "off") $v.attach.mirrors }}
  {{- $problems = append $problems "attach.mirrors: found it with attach.mode off, wanted another mode" }}
{{- end }}

{{- /* Pods */}}
{{- range $label, $_ := $v.commonLabels }}
  {{- if regexMatch "^(app[.]kubernetes[.]io/(name|instance|component|version|managed-by)|helm[.]sh/chart)$" $label }}
    {{- $problems = append $problems (printf "commonLabels: found %s, which the chart sets itself; wanted labels of your own" $label) }}
  {{- end }}
{{- end }}
{{- if eq (int $v.webhook.port) (int $v.webhook.metricsPort) }}
  {{- $problems = append $problems (printf "webhook.port and webhook.metricsPort: found %d twice, wanted two ports" (int $v.webhook.port)) }}
{{- end }}
{{- if and $v.webhook.hostNetwork (eq (int $v.webhook.port) 10250) }}
  {{- $problems = append $problems "webhook.port: found 10250 with webhook.hostNetwork, which is the port of kubelet on the node; wanted another one, such as 8443" }}
{{- end }}
{{- if and $v.webhook.hostNetwork (or $v.networkPolicy.egress.enabled (eq $v.attestation.mode "networkPolicy")) }}
  {{- $problems = append $problems "webhook.hostNetwork: found it with a NetworkPolicy (networkPolicy.egress.enabled or attestation.mode networkPolicy), which does not apply to pods on the host network; wanted one of the two" }}
{{- end }}
{{- if and $v.networkPolicy.metricsFrom (not (or $v.networkPolicy.enabled (eq $v.attestation.mode "networkPolicy"))) }}
  {{- $problems = append $problems "networkPolicy.metricsFrom: found it without networkPolicy.enabled, wanted both" }}
{{- end }}
{{- if and $v.monitoring.serviceMonitor.enabled (or $v.networkPolicy.enabled (eq $v.attestation.mode "networkPolicy")) (not $v.webhook.hostNetwork) (not $v.networkPolicy.metricsFrom) }}
  {{- $problems = append $problems "networkPolicy.metricsFrom: found nothing with monitoring.serviceMonitor.enabled, wanted the peers from which Prometheus scrapes the webhook, such as its namespace, because the NetworkPolicy closes the metrics port to all others" }}
{{- end }}
{{- $egress := $v.networkPolicy.egress }}
{{- if and (not $egress.enabled) (or $egress.dns.to $egress.apiServer.to $egress.aws.to $egress.proxy.to $egress.proxy.ports) }}
  {{- $problems = append $problems "networkPolicy.egress: found peers or a proxy without networkPolicy.egress.enabled, wanted both" }}
{{- end }}
{{- if and $egress.enabled (or (has "HTTPS_PROXY" $given) (has "https_proxy" $given)) (not (or $egress.proxy.to $egress.proxy.ports)) }}
  {{- $problems = append $problems "networkPolicy.egress.proxy: found HTTPS_PROXY with networkPolicy.egress.enabled, but neither networkPolicy.egress.proxy.to nor networkPolicy.egress.proxy.ports; wanted the proxy's address or port, because the webhook could not connect to it" }}
{{- end }}
{{- if and (not $v.webhook.serviceAccount.create) (not $v.webhook.serviceAccount.name) }}
  {{- $problems = append $problems "webhook.serviceAccount.name: found nothing with webhook.serviceAccount.create false, wanted an account's name" }}
{{- end }}
{{- if and (not $v.webhook.serviceAccount.create) $v.webhook.serviceAccount.annotations }}
  {{- $problems = append $problems "webhook.serviceAccount.annotations: found some with webhook.serviceAccount.create false, wanted them on the account itself" }}
{{- end }}
{{- $problems | toJson }}
{{- end }}
