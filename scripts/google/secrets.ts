import { randomBytes } from 'node:crypto'
import type { Project } from './projects.ts'

export type VersionState = 'ENABLED' | 'DISABLED' | 'DESTROYED'

/** A version of a secret. Times are milliseconds since the epoch. */
export interface Version {
  number: number
  state: VersionState
  /** Undefined once the version is destroyed. */
  payload: Buffer | undefined
  hasClientChecksum: boolean
  createdMs: number
  destroyedMs?: number
  etag: string
}

export interface Secret {
  /** With the number of the project: `projects/123456789012/secrets/ecr`. */
  name: string
  createdMs: number
  etag: string
  /** The oldest first. */
  versions: Version[]
}

export interface Secrets {
  find(project: Project, id: string): Secret | undefined
  /** Creates a secret without versions, or replaces the one of the same name. */
  create(project: Project, id: string, nowMs: number): Secret
}

/** Holds the secrets of all projects. */
export function createSecrets(): Secrets {
  const secrets = new Map<string, Secret>()
  return {
    find: (project, id) => secrets.get(nameOf(project, id)),
    create(project, id, nowMs) {
      const name = nameOf(project, id)
      const secret: Secret = { name, createdMs: nowMs, etag: newEtag(), versions: [] }
      secrets.set(name, secret)
      return secret
    },
  }
}

/** The new version is ENABLED, and its number is one more than that of the newest. */
export function addVersion(secret: Secret, payload: Buffer, { nowMs, hasClientChecksum = false }: AddOptions): Version {
  const number = (secret.versions.at(-1)?.number ?? 0) + 1
  const version: Version = { number, state: 'ENABLED', payload, hasClientChecksum, createdMs: nowMs, etag: newEtag() }
  secret.versions.push(version)
  return version
}

interface AddOptions {
  nowMs: number
  hasClientChecksum?: boolean
}

/** Every change of a version gives it another etag, even if the state remains. Destroying it wipes its payload. */
export function setState(version: Version, state: VersionState, nowMs: number): void {
  version.state = state
  version.etag = newEtag()
  if (state !== 'DESTROYED') return
  version.payload = undefined
  version.destroyedMs ??= nowMs
}

function nameOf({ number }: Project, id: string): string {
  return `projects/${number}/secrets/${id}`
}

/** The quotes belong to the etag: https://cloud.google.com/secret-manager/docs/etags */
function newEtag(): string {
  return `"${randomBytes(7).toString('hex')}"`
}
