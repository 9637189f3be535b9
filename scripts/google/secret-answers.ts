import type { Secret, Version, VersionState } from './secrets.ts'

/** The numbers of the enum SecretVersion.State, which Google's own clients ask for. */
const stateNumbers: Record<VersionState, number> = { ENABLED: 1, DISABLED: 2, DESTROYED: 3 }

/** A secret as Google answers it. */
export function describeSecret({ name, createdMs, etag }: Secret): object {
  return { name, replication: { automatic: {} }, createTime: new Date(createdMs).toISOString(), etag }
}

/** A version as Google answers it, without its payload. The query says whether states are names or numbers. */
export function describeVersion(secret: Secret, version: Version, query: URLSearchParams): object {
  const { state, createdMs, destroyedMs, etag, hasClientChecksum } = version
  return {
    name: versionName(secret, version),
    createTime: new Date(createdMs).toISOString(),
    ...(destroyedMs !== undefined && { destroyTime: new Date(destroyedMs).toISOString() }),
    state: query.get('$alt')?.includes('enum-encoding=int') ? stateNumbers[state] : state,
    replicationStatus: { automatic: {} },
    etag,
    ...(hasClientChecksum && { clientSpecifiedPayloadChecksum: true }),
  }
}

/** With the number of the project, even if its id was asked for. */
export function versionName({ name }: Secret, { number }: Version): string {
  return `${name}/versions/${number}`
}
