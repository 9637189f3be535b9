/** The REST APIs of Google that are emulated: a call names its API by its path only, because one address serves all of them. */
export const apis = {
  secretmanager: {
    service: 'secretmanager.googleapis.com',
    title: 'Secret Manager API',
    rpc: 'google.cloud.secretmanager.v1.SecretManagerService',
    scopes: ['https://www.googleapis.com/auth/cloud-platform'],
  },
  artifactregistry: {
    service: 'artifactregistry.googleapis.com',
    title: 'Artifact Registry API',
    rpc: 'google.devtools.artifactregistry.v1.ArtifactRegistry',
    scopes: ['https://www.googleapis.com/auth/cloud-platform'],
  },
  iamcredentials: {
    service: 'iamcredentials.googleapis.com',
    title: 'IAM Service Account Credentials API',
    rpc: 'google.iam.credentials.v1.IAMCredentials',
    scopes: ['https://www.googleapis.com/auth/cloud-platform', 'https://www.googleapis.com/auth/iam'],
  },
} as const

export type Api = keyof typeof apis

/** What can be called: the REST APIs, the token endpoint and the metadata server. */
export const services = [...(Object.keys(apis) as Api[]), 'oauth2', 'metadata'] as const
export type Service = (typeof services)[number]

/** The scope that all the REST APIs take. */
export const cloudPlatform = 'https://www.googleapis.com/auth/cloud-platform'
