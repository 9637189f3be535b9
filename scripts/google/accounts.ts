import { createHash } from 'node:crypto'

/** Who can make calls: a service account, or a person with gcloud on a laptop. */
export interface Account {
  email: string
  /** 21 digits; without it, it is derived from the email. */
  uniqueId?: string
  /** All that it may do, as names of permissions: `secretmanager.versions.add`. Without it, it may do everything. */
  has?: string[]
  /** What it may not do. */
  lacks?: string[]
}

export type KnownAccount = Account & { uniqueId: string }

/** The accounts that are known. */
export interface Accounts {
  /** By email or unique id; undefined if there is no such account. */
  find(emailOrId: string): KnownAccount | undefined
  /** Adds an account, or replaces the one of the same email. Its key and its tokens remain. */
  put(account: Account): void
}

export function createAccounts(accounts: readonly Account[]): Accounts {
  const byEmail = new Map<string, KnownAccount>()
  const put = (account: Account) => void byEmail.set(account.email, { uniqueId: uniqueIdOf(account.email), ...account })
  for (const account of accounts) put(account)
  return {
    find: emailOrId => byEmail.get(emailOrId) ?? [...byEmail.values()].find(({ uniqueId }) => uniqueId === emailOrId),
    put,
  }
}

/** May the account do what needs this permission? */
export function may({ has, lacks = [] }: Account, permission: string): boolean {
  return (has === undefined || has.includes(permission)) && !lacks.includes(permission)
}

/** The numeric ids of Google have 21 digits, of which the first is 1. */
function uniqueIdOf(email: string): string {
  const digits = [...createHash('sha256').update(email).digest().subarray(0, 20)]
  return `1${digits.map(byte => byte % 10).join('')}`
}
