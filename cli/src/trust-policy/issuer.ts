import { type Account, formProblems } from './input-problems.ts'

/** A host name in lower case, a port, and a path, as an IAM OIDC provider is named: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html */
const issuerForm = {
  pattern: /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:\/[\w.~-]+)*\/?$/,
  wanted: 'the `iss` claim of its tokens without https://, such as oidc.example/id/1',
}

/** Issuers that end with a slash: those of AKS clusters, and Entra ID's of version 1. */
const withSlash = [/^[a-z0-9-]+\.oic\.prod-aks\.azure\.com\//, /^sts\.windows\.net\//]

/** @param issuer the `iss` claim of the tokens without `https://` */
export function issuerProblems(issuer: string): string[] {
  return formProblems('issuer', issuer, issuerForm)
}

/**
 * What may be wrong with an issuer, and may also be right, so that it is only a warning. AWS compares the issuer with the claim `iss`
 * character by character.
 */
export function issuerWarnings(issuer: string): string[] {
  if (!issuer.endsWith('/') || withSlash.some(pattern => pattern.test(issuer))) return []
  return [
    `The issuer ${JSON.stringify(issuer)} has a slash at its end, which few issuers have. Compare it with the \`iss\` claim of a token.`,
  ]
}

/** The ARN of the IAM OIDC provider of an issuer. It keeps a slash at the end of the issuer. */
export function providerArn({ partition, account }: Account, issuer: string): string {
  return `arn:${partition}:iam::${account}:oidc-provider/${issuer}`
}

/** The issuer of a GKE cluster. https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity */
export function gkeIssuer({ project, location, cluster }: { project: string; location: string; cluster: string }): string {
  return `container.googleapis.com/v1/projects/${project}/locations/${location}/clusters/${cluster}`
}
