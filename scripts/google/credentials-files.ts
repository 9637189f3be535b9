import type { Accounts, KnownAccount } from './accounts.ts'
import type { Keys } from './keys.ts'
import type { Logins } from './logins.ts'
import type { Projects } from './projects.ts'

/** The key file of a service account. Source: https://cloud.google.com/iam/docs/keys-create-delete#creating */
export interface ServiceAccountFile {
  type: 'service_account'
  project_id: string
  private_key_id: string
  /** PEM, PKCS #8. */
  private_key: string
  client_email: string
  client_id: string
  token_uri: string
  universe_domain: string
}

/** What `gcloud auth application-default login` writes. */
export interface AuthorizedUserFile {
  type: 'authorized_user'
  client_id: string
  client_secret: string
  refresh_token: string
  universe_domain: string
}

interface FilesWorld {
  accounts: Accounts
  keys: Keys
  logins: Logins
  projects: Projects
  onSecret: (secret: string) => void
}

const universe_domain = 'googleapis.com'

/** @param url the emulator's: `token_uri` names it, which some clients of Google ignore */
export function serviceAccountFile(world: FilesWorld, { email, url }: { email: string; url: string }): ServiceAccountFile {
  const { uniqueId } = knownAccount(world, email)
  const { keyId, privateKey } = world.keys.of(email)
  const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  world.onSecret(private_key)
  return {
    type: 'service_account',
    project_id: world.projects.all[0]?.id ?? '',
    private_key_id: keyId,
    private_key,
    client_email: email,
    client_id: uniqueId,
    token_uri: `${url}/token`,
    universe_domain,
  }
}

/** Each call is another login. */
export function authorizedUserFile(world: FilesWorld, email: string): AuthorizedUserFile {
  const { clientId, clientSecret, refreshToken } = world.logins.create(knownAccount(world, email).email)
  return { type: 'authorized_user', client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken, universe_domain }
}

function knownAccount({ accounts }: FilesWorld, email: string): KnownAccount {
  const account = accounts.find(email)
  if (!account) throw new Error(`found no account ${email}; wanted one of the option accounts`)
  return account
}
