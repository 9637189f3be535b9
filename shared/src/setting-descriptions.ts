/**
 * The meaning of each variable. The table in docs/reference/settings.md is generated from this. A description begins with a noun phrase in lower
 * case, because the error for a missing variable quotes it after `wanted`. It has no final period, because the table adds one.
 */
export const descriptions = {
  PORT: 'the HTTPS port, which serves `POST /inject/:tenant` and `POST /sync`',
  METRICS_PORT: 'the HTTP port, which serves `/livez`, `/readyz`, `/metrics` and `/status`',
  CERT_FILE:
    'the file with the chain of the serving certificate (PEM). It is reloaded when it changes; if the new pair cannot be used or is not valid at this time, the webhook continues to serve the old one',
  KEY_FILE: 'the file with the private key of the serving certificate (PEM)',
  CLIENT_CA_FILE:
    'a file with a CA (PEM). If set, clients must present a certificate that this CA issued **and** whose subject name is in `CLIENT_NAMES`. The file is reloaded when it changes',
  CLIENT_NAMES: 'comma-separated subject names, one of which the client certificate must have. Set it together with `CLIENT_CA_FILE`',
  ATTESTATION_DIR:
    'a directory with the tickets, one file `<tenant>` for each tenant and, during a rotation, `<tenant>.next` and `<tenant>.previous`. If set, a review without a ticket of its tenant is refused',
  AGGREGATED_API:
    'whether the webhook is also an aggregated API. If `true`, it reads the ConfigMap `kube-system/extension-apiserver-authentication`, recognizes the API server by its front-proxy certificate, and serves `POST /apis/admission.ecr-anywhere.centml.ai/v1/inject/:tenant`; `POST /inject/:tenant` then requires a ticket',
  REFUSE_PROXIED:
    'whether requests with an `X-Forwarded-` header are refused. Users of the API server that may use its service proxy reach the webhook from its address',
  CONFIG_FILE: 'the YAML file of tenants. If unset, there is one tenant, `default`, which uses the ambient identity',
  STATUS_DIR:
    'a directory with the mounted ConfigMap `ecr-anywhere-status`, in which `refresh` records its runs. If set, the webhook serves what it contains as metrics. It may be empty until the first run',
  ATTACH_SECRET:
    'the name of an image pull secret. If set, the webhook also serves `POST /attach/:tenant`, which adds it to pods that have an image from ECR',
  TOKEN_MAX_AGE: 'the age (± 10 %) at which a token that is in use is renewed in the background',
  REFRESH_BEFORE: 'the remaining lifetime below which a Secret is due. `REFRESH_BEFORE` plus `TOKEN_MAX_AGE` must be less than 11h',
  REFRESH_CONCURRENCY: 'the maximum number of Secrets that are touched at the same time',
  NAMESPACES:
    'comma-separated names of namespaces, for releases that have Roles and no ClusterRole. If unset, every enabled namespace is in scope',
  EXPIRY_CONFIG_MAPS:
    'comma-separated `<namespace>/<name>` of Secrets. For each of them, a ConfigMap of the same name gets the expiry and the registry, as argo-ecr-auth wrote it',
  PULL_SECRET:
    'the name of the image pull secret for enabled namespaces without the annotation `ecr-anywhere.centml.ai/pull-secret`. If unset, only namespaces with the annotation get one',
  CREATE_PULL_SECRETS: 'whether `refresh` creates image pull secrets that are missing, as `provision` does for new namespaces',
  POD_EVENTS:
    'whether `refresh` also writes an Event on each pod that waits for an image from ECR while its image pull secret could not be renewed. This needs the right to list pods',
  PROVISIONERS:
    'comma-separated names of users that may create managed Secrets only without data: the service accounts of `provision` and `refresh`',
  SHUTDOWN_DELAY: 'how long the webhook continues to serve after SIGTERM. During this time it reports that it is not ready',
  SHUTDOWN_GRACE: 'how long requests in flight may take to finish after `SHUTDOWN_DELAY`',
  RELEASE_NAMESPACE:
    'the namespace of the release. `refresh` records its runs in the ConfigMap `ecr-anywhere-status` there; if unset, they are not recorded',
  TLS_SECRET: 'the name of the Secret with the serving certificate and its key',
  TICKET_SECRET: 'the name of the Secret with the tickets of `ATTESTED_TENANTS`. If unset, no tickets are created',
  ATTESTED_TENANTS: 'comma-separated names of the tenants for which tickets are created. Set it together with `TICKET_SECRET`',
  WEBHOOK_CONFIGURATIONS:
    'comma-separated names of the MutatingWebhookConfigurations whose `caBundle` is set. If unset, serving certificates are not managed',
  API_SERVICE: 'the name of the APIService whose `caBundle` is set as well',
  SERVING_DNS_NAMES:
    'comma-separated DNS names for the serving certificate. If unset, somebody else issues the certificate, and only its `ca.crt` is published',
  OWNER:
    'an object of the release, `v1/ConfigMap/<name>`, that becomes the owner of the Secrets that `certs` creates, so that they are removed when the release is uninstalled',
  BEFORE_RELEASE:
    'whether the run is before the objects of the release are created. If `true`, missing webhook configurations and a missing `OWNER` are not failures',
  SECRETS_FILE:
    'the YAML file with the list `secrets`, whose items have the fields `namespace`, `name`, `kind`, `registries`, `url`, `type` and `expiryConfigMap`',
  EXPECTED_FILE: 'the JSON file with the tenants, webhook configurations and policies of the release, as the chart writes it',
  PROBE_SECRET: 'the name of the Secret that the check creates in dry runs. It is never stored',
  CHECK_TIMEOUT: 'how long the check waits until the release works. Problems that cannot resolve without a change are reported at once',
  ROTATE_PROPAGATE: 'how long a new CA is in every `caBundle` before its certificate is served',
  ROTATE_RELOAD: 'how long a new certificate is in the mounted files before the old CA is removed',
  LOG_LEVEL: 'the log level (of pino)',
  CLUSTER_NAME: 'the name of this cluster, which is part of the AWS session names',
  GCP_PROJECT_ID: 'the Google Cloud project of the secret and of the remote repository',
  GCP_LOCATION: 'the location of the remote repository, such as `europe-west1`. The secret is a global one',
  GCP_REPOSITORY_NAME: 'the name of the remote repository in Artifact Registry',
  GCP_SECRET_NAME: 'the name of the secret in Secret Manager whose versions hold the ECR password',
  AWS_REGION: 'the region of the ECR registry. All subcommands that call AWS read it (see AWS settings)',
  AWS_ROLE_ARN: 'the role that is assumed with the identity token. `webhook` reads it as well (see AWS settings)',
  AWS_ECR_USERNAME: 'the user name of the upstream credentials. ECR expects `AWS`',
  AWS_AUDIENCE:
    "the audience of the identity token that Google's metadata server issues, as on Cloud Run. It must be the one in the role's trust policy. `webhook` reads it as well (see AWS settings)",
  AWS_OIDC_TOKEN_PATH:
    'a file with a projected service account token, as on GKE. If it is set, the metadata server is not asked for an identity token. Do not set it on Cloud Run',
  TARGETS_FILE:
    'a YAML file with the list `targets`, whose items have the fields `project`, `location`, `repository`, `secret`, `secretProject`, `region`, `roleArn` and `username`, and with `keepVersions` (2). Fields that a target lacks have the values of the variables',
  DEBUG: 'whether each call is logged: `True` or `False`',
} as const
