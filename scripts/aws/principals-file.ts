import type { Role, User } from './principals.ts'

/** Reads users and roles from a JSON file. @throws with the found content if it has another format */
export function parsePrincipals(text: string): { users: User[]; roles: Role[] } {
  const { users = [], roles = [], ...rest }: Record<string, unknown> = JSON.parse(text)
  if (!isListOf(users, isUser) || !isListOf(roles, isRole) || Object.keys(rest).length > 0)
    throw new Error(`found ${text}; wanted {"users": [{accessKeyId, secretAccessKey, arn, …}], "roles": [{arn, …}]}`)
  return { users, roles }
}

function isListOf<T>(value: unknown, isOne: (one: unknown) => one is T): value is T[] {
  return Array.isArray(value) && value.every(isOne)
}

function isRole(value: unknown): value is Role {
  return typeof value === 'object' && value !== null && 'arn' in value && typeof value.arn === 'string'
}

function isUser(value: unknown): value is User {
  return isRole(value) && 'accessKeyId' in value && 'secretAccessKey' in value
}
