import { randomBytes } from 'node:crypto'

/** The login of a person with gcloud on a laptop: what its credentials file holds. */
export interface Login {
  email: string
  clientId: string
  clientSecret: string
  refreshToken: string
}

export interface Logins {
  /** A new login of an account. */
  create(email: string): Login
  /** Undefined if no login has this refresh token, or if it was revoked. */
  find(refreshToken: string): Login | undefined
  /** Revokes all logins of an account. */
  revoke(email: string): void
}

export function createLogins(onSecret: (secret: string) => void): Logins {
  const logins = new Map<string, Login>()
  return {
    create(email) {
      const [clientSecret, refreshToken] = [randomBytes(18), randomBytes(75)].map(bytes => bytes.toString('base64url'))
      const login = {
        email,
        clientId: '32555940559.apps.googleusercontent.com',
        clientSecret: `${clientSecret}`,
        refreshToken: `1//${refreshToken}`,
      }
      logins.set(login.refreshToken, login)
      onSecret(login.refreshToken)
      onSecret(login.clientSecret)
      return login
    },
    find: refreshToken => logins.get(refreshToken),
    revoke(email) {
      for (const login of logins.values()) if (login.email === email) logins.delete(login.refreshToken)
    },
  }
}
