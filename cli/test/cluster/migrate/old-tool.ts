import { setTimeout as sleep } from 'node:timers/promises'
import { labels } from '@ecr-anywhere/shared/names.ts'
import type { RawApi } from './raw-api.ts'

/** What the stand-in of an old tool needs. */
export interface ToolWorld {
  api: RawApi
  /** An ECR password that the old tool got from AWS. */
  password: string
  registry: string
}

/** A stand-in of an old tool: it writes its Secret as the tool does, for as long as the tool would run. */
export interface OldTool {
  /** As `ecr-anywhere migrate` names it. */
  name: string
  namespace: string
  secret: string
  /** What a user installs, as JSON. */
  manifests: object[]
  /** Called once they are applied. */
  installed?: (world: ToolWorld) => Promise<void>
  /** Writes the Secret once. @returns whether the tool still runs */
  write: (world: ToolWorld) => Promise<boolean>
  /** Whether labels that are set while it runs have turned out to be of no use. */
  isUndone: (world: ToolWorld) => Promise<boolean>
  /** Whether the Secret is missing for moments while the tool runs, because it deletes and creates it. */
  recreates: boolean
}

/** Whether the Secret has lost its label `managed`. */
export async function hasLostLabel({ namespace, secret }: Pick<OldTool, 'namespace' | 'secret'>, { api }: ToolWorld): Promise<boolean> {
  const { status, body } = await api('GET', `/api/v1/namespaces/${namespace}/secrets/${secret}`)
  return status === 200 && body.metadata.labels?.[labels.managed] === undefined
}

const pauseMs = 100

export interface Running {
  /** Whether it has ended by itself. */
  hasEnded: () => boolean
  /** Ends it, if it runs. @throws what a write threw */
  stop: () => Promise<void>
}

/** Lets it write until it ends. Resolves when the Secret is written for the first time. */
export async function start(tool: OldTool, world: ToolWorld): Promise<Running> {
  let ended = !(await tool.write(world))
  const stopping = new AbortController()
  const running = (async () => {
    while (!ended && !stopping.signal.aborted) {
      await sleep(pauseMs)
      ended = !(await tool.write(world))
    }
  })()
  // It is awaited in `stop`.
  running.catch(() => {})
  return {
    hasEnded: () => ended,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** The Secret of a tool that writes a docker config, with the scheme in the key as AWS's answer has it. */
export function dockerSecret(
  { namespace, secret }: Pick<OldTool, 'namespace' | 'secret'>,
  { password, registry }: ToolWorld,
  email = 'a@b.test',
) {
  const auth = Buffer.from(`AWS:${password}`).toString('base64')
  const config = { auths: { [`https://${registry}`]: { username: 'AWS', password, email, auth } } }
  const data = { '.dockerconfigjson': Buffer.from(JSON.stringify(config)).toString('base64') }
  return { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/dockerconfigjson', metadata: { namespace, name: secret }, data }
}
