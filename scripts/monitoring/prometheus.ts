import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { freePorts } from '../cluster/ports.ts'
import { lastLines } from '../cluster/run.ts'
import { prometheus as program } from '../e2e/prometheus-programs.ts'
import { within } from '../testbed/within.ts'

/** A series of a result. An instant query gives one sample of each, which is at the end of a range too. */
export interface Result {
  labels: Record<string, string>
  /** Pairs of seconds since the epoch and the value. */
  samples: [seconds: number, value: number][]
}

export interface Prometheus {
  /** @throws with the message of Prometheus if it refuses the query */
  instant: (expr: string) => Promise<Result[]>
  /** Over the last seconds, with a sample each second. */
  range: (expr: string, seconds: number) => Promise<Result[]>
  /** The health and the problem of each rule, by the alert's name. */
  rules: () => Promise<{ name: string; health: string; lastError?: string; state: string }[]>
  stop: () => Promise<void>
}

export interface PrometheusOptions {
  /** An empty folder for its data. */
  dir: string
  targets: { address: string; labels: Record<string, string> }[]
  rulesFile: string
}

const startSeconds = 60
export const scrapeSeconds = 1

/** Starts a real Prometheus, which scrapes the targets once a second. @throws with its log if it does not start */
export async function startPrometheus({ dir, targets, rulesFile }: PrometheusOptions): Promise<Prometheus> {
  const [port = 0] = await freePorts(1)
  await mkdir(dir, { recursive: true })
  const config = {
    global: { scrape_interval: `${scrapeSeconds}s`, evaluation_interval: `${scrapeSeconds}s` },
    rule_files: [rulesFile],
    scrape_configs: [{ job_name: 'webhook', static_configs: targets.map(({ address, labels }) => ({ targets: [address], labels })) }],
  }
  await writeFile(join(dir, 'prometheus.yml'), stringify(config))
  const url = `http://127.0.0.1:${port}`
  const flags = [`--config.file=${dir}/prometheus.yml`, `--storage.tsdb.path=${dir}/data`, `--web.listen-address=127.0.0.1:${port}`]
  const child = spawn(await program(), flags, { stdio: ['ignore', 'ignore', 'pipe'], cwd: dir })
  let log = ''
  child.stderr.on('data', part => {
    log += part
  })
  const closed = once(child, 'close')
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  try {
    await within(startSeconds, 'Prometheus is ready', async () => {
      if (child.exitCode !== null) throw new Error('it has ended')
      return (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok
    })
  } catch (cause) {
    child.kill('SIGKILL')
    throw new Error(`Prometheus did not start:\n${lastLines(log)}`, { cause })
  }

  async function get<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
    const answer = (await (await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`)).json()) as { data: T; error?: string }
    if (answer.error !== undefined) throw new Error(`${parameters.query}: ${answer.error}`)
    return answer.data
  }

  return {
    instant: async query => {
      const { result } = await get<{ result: { metric: Record<string, string>; value: [number, string] }[] }>('query', { query })
      return result.map(({ metric, value }) => ({ labels: metric, samples: [[value[0], Number(value[1])]] }))
    },
    range: async (query, seconds) => {
      const end = Math.floor(Date.now() / 1000)
      const window = { start: String(end - seconds), end: String(end), step: String(scrapeSeconds) }
      const { result } = await get<{ result: { metric: Record<string, string>; values: [number, string][] }[] }>('query_range', {
        query,
        ...window,
      })
      return result.map(({ metric, values }) => ({ labels: metric, samples: values.map(([at, value]) => [at, Number(value)]) }))
    },
    rules: async () => {
      const { groups } = await get<{ groups: { rules: { name: string; health: string; lastError?: string; state: string }[] }[] }>('rules')
      return groups.flatMap(group => group.rules)
    },
    stop: async () => {
      process.off('exit', kill)
      child.kill('SIGTERM')
      await closed
    },
  }
}
