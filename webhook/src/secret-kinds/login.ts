import { encoded, type SecretData, type SecretKind, textOf } from './secret-kind.ts'

/** A kind that stores one registry's `username` and `password` in two keys. */
export function loginKind(name: string): SecretKind {
  return { name, single: true, read, write, empty }
}

function read(data: SecretData, [host]: readonly string[]) {
  const username = textOf(data, 'username')
  const password = textOf(data, 'password')
  return host === undefined || !username || !password ? undefined : new Map([[host, { username, password }]])
}

const write: SecretKind['write'] = (data, credentials) => {
  const [login] = credentials.values()
  if (login === undefined) return { data: new Map() }
  return { data: changed(data, { username: login.username, password: login.password }) }
}

/** The API server requires one of the two keys. https://kubernetes.io/docs/concepts/configuration/secret/#basic-authentication-secret */
const empty: SecretKind['empty'] = data =>
  changed(data, { username: textOf(data, 'username') ?? '', password: textOf(data, 'password') ?? '' })

function changed(data: SecretData, wanted: Record<'username' | 'password', string>): Map<string, string> {
  return new Map(
    Object.entries(wanted)
      .filter(([key, value]) => textOf(data, key) !== value)
      .map(([key, value]) => [key, encoded(value)]),
  )
}
