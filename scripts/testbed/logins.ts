import { annotations } from '@ecr-anywhere/shared/names.ts'
import type { Cluster } from './cluster.ts'

export interface Login {
  host: string
  username: string
  password: string
  /** The expiry in the annotation of the Secret, RFC 3339. */
  expiresAt: string
}

/** The logins that a consumer of a docker config Secret uses. Passwords are real, so mask them before they are shown. */
export async function logins({ kubectl }: Cluster, { namespace, name }: { namespace: string; name: string }): Promise<Login[]> {
  const { stdout } = await kubectl('get', 'secret', '-n', namespace, name, '-o', 'json')
  const { data, metadata } = JSON.parse(stdout)
  const { auths } = JSON.parse(Buffer.from(data['.dockerconfigjson'], 'base64').toString())
  return Object.entries<Pick<Login, 'username' | 'password'>>(auths).map(([host, { username, password }]) => ({
    host,
    username,
    password,
    expiresAt: metadata.annotations[annotations.expiresAt],
  }))
}
