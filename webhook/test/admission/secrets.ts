import { annotations, labels } from '@ecr-anywhere/shared/names.ts'

/** The time of all tests: noon of 2026-01-01. */
export const nowMs = Date.parse('2026-01-01T12:00:00Z')
export const host = '111122223333.dkr.ecr.us-east-1.amazonaws.com'
export const otherHost = '111122223333.dkr.ecr.eu-west-1.amazonaws.com'
/** The password in all Secrets of the tests. No log line and no answer may contain it. */
export const oldPassword = 'old-hunter2'

/** A Secret in the form in which the API server sends it. */
export interface WireSecret {
  apiVersion: string
  kind: string
  type: string
  immutable?: boolean
  metadata: {
    name: string
    namespace: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    deletionTimestamp?: string
  }
  data?: Record<string, string>
}

/** A managed Secret that requests credentials for `host`. */
export function secret({ notes = {}, ...more }: Partial<WireSecret> & { notes?: Record<string, string> } = {}): WireSecret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/dockerconfigjson',
    metadata: {
      name: 'pull',
      namespace: 'team-a',
      labels: { [labels.managed]: 'true' },
      annotations: { [annotations.registries]: host, ...notes },
    },
    ...more,
  }
}

/** A managed Secret that was injected an hour ago and is valid for 11 more hours. */
export function injectedSecret({ notes = {}, ...more }: Parameters<typeof secret>[0] = {}): WireSecret {
  return secret({
    data: dockerData({ auths: { [host]: login(oldPassword) } }),
    notes: {
      [annotations.expiresAt]: '2026-01-01T23:00:00Z',
      [annotations.updatedAt]: '2026-01-01T11:00:00Z',
      [annotations.injectedRegistries]: host,
      ...notes,
    },
    ...more,
  })
}

/** One entry of a docker config. */
export function login(password: string, username = 'AWS') {
  return { username, password, auth: encode(`${username}:${password}`) }
}

export function dockerData(config: unknown): Record<string, string> {
  return { '.dockerconfigjson': encode(typeof config === 'string' ? config : JSON.stringify(config)) }
}

export function encode(text: string | Buffer): string {
  return Buffer.from(text).toString('base64')
}

export function decode(text = ''): string {
  return Buffer.from(text, 'base64').toString('utf8')
}
