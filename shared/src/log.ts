/**
 * Options of every pino logger of ours. The first line of defence is that nothing secret is handed to a logger; `redact` is the second.
 */
export function logOptions(level: string) {
  const secret = [
    'password',
    'auth',
    'authorizationToken',
    'data',
    'stringData',
    'patch',
    'object',
    'oldObject',
    'body',
    'ticket',
    'secretAccessKey',
    'sessionToken',
  ]
  return {
    level,
    base: null,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: secret.flatMap(key => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
  }
}
