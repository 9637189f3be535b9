/** Keys whose values would be secret. Log entries are flat, so only the top level matters. */
export const secretKeys: readonly string[] = [
  'password',
  'auth',
  'authorization',
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

/**
 * The options of all pino loggers. The first line of defence is that no secret is passed to a logger; `redact` is the second. Its paths
 * have no wildcards, because these would cost ten times as much as the rest of an admission (measured: 49 instead of 4 µs for each line).
 */
export function logOptions(level: string) {
  return {
    level,
    base: null,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: [...secretKeys], censor: '[redacted]' },
    // Without the message, because it may quote the parsed text.
    serializers: { err: ({ name, code }: { name?: string; code?: string }) => ({ name, code }) },
  }
}

/** Replaces options of `logOptions` so that Cloud Logging reads level and message: https://cloud.google.com/logging/docs/structured-logging */
export const cloudLoggingOptions = {
  messageKey: 'message',
  formatters: { level: (label: string) => ({ severity: severities[label] ?? label.toUpperCase() }) },
}

const severities: Readonly<Record<string, string>> = { warn: 'WARNING', fatal: 'CRITICAL', trace: 'DEBUG' }
