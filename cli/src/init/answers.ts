import type { Account } from '../trust-policy/input-problems.ts'
import type { IdentityKind, PlatformName } from './choices.ts'

/** A role, or, with static keys, a user. */
export interface Principal {
  /** Without its path. */
  name: string
  /** `/`, or `/a/b/`. */
  path: string
}

/** All that the files are made of. */
export interface Answers {
  /** The account of the principal. */
  account: Account
  region: string
  platform: PlatformName
  identity: IdentityKind
  principal: Principal
  /** The issuer with which AWS has to verify tokens, with `https://`; undefined with static keys. */
  issuer: string | undefined
  audience: string
  /** The documents of the issuer, if they have to be published there. */
  documents: IssuerDocuments | undefined
  /** ARNs, or patterns of ARNs. */
  repositories: readonly string[]
  clusterName: string
  /** The namespace that gets the first Secret. */
  namespace: string
  /** The reference of the chart, such as `oci://registry.example/charts/ecr-anywhere`. */
  chart: string
  /** The directory of the files, as it is in the commands. */
  directory: string
}

/** https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery */
export interface IssuerDocuments {
  configuration: Readonly<Record<string, unknown>>
  keys: Readonly<Record<string, unknown>>
}
