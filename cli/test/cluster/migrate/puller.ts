import { setTimeout as sleep } from 'node:timers/promises'
import type { Emulator } from '@ecr-anywhere/scripts/aws/emulator.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import type { OldTool } from './old-tool.ts'
import type { RawApi } from './raw-api.ts'

/** The interval in which a pod pulls here. */
const everyMs = 100

export interface Pulls {
  ok: number
  /** The registry's answers to logins that it refused. */
  refused: (number | undefined)[]
  /** How often the Secret was not there. */
  missing: number
}

export interface Puller {
  pulls: Pulls
  stop: () => Promise<Pulls>
}

/** Pulls like a pod that is started again and again: it reads the Secret, and logs in to the registry with each login for it. */
export function startPuller(
  { namespace, secret }: Pick<OldTool, 'namespace' | 'secret'>,
  { api, emulator, registry }: { api: RawApi; emulator: Emulator; registry: string },
): Puller {
  const pulls: Pulls = { ok: 0, refused: [], missing: 0 }
  const stopping = new AbortController()
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const { status, body } = await api('GET', `/api/v1/namespaces/${namespace}/secrets/${secret}`)
      const logins = status === 200 ? loginsIn(body, registry) : []
      if (status === 404) pulls.missing += 1
      else if (logins.length === 0) pulls.refused.push(undefined)
      for (const login of logins) {
        const answer = await pullStatus(emulator, registry, login)
        if (answer === 200) pulls.ok += 1
        else pulls.refused.push(answer)
      }
      await sleep(everyMs)
    }
  })()
  running.catch(() => {})
  return {
    pulls,
    stop: async () => {
      stopping.abort()
      await running
      return pulls
    },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a Secret as it is stored
function loginsIn({ type, data = {} }: any, registry: string): { username: string; password: string }[] {
  const text = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString()
  if (type === 'Opaque') return data.password === undefined ? [] : [{ username: text('username'), password: text('password') }]
  const { auths } = JSON.parse(text('.dockerconfigjson')) as { auths: Record<string, { username: string; password: string }> }
  return Object.entries(auths).flatMap(([key, login]) => (key.replace('https://', '') === registry ? [login] : []))
}
