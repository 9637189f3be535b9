import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { enabledValue, labels } from '@ecr-anywhere/shared/names.ts'
import { type Emulator, type EmulatorOptions, startEmulator } from '../aws/emulator.ts'
import type { ControlPlane } from '../cluster/control-plane.ts'
import type { Outcome } from '../cluster/run.ts'
import { ecrAnywhere, type Program, sourceProgram } from './command.ts'
import { leaks } from './leaks.ts'
import { type Install, onlyLabel, plainInstall } from './plain-install.ts'
import { startWebhook, type WebhookProcess, type WebhookProcessOptions } from './webhook-process.ts'

/** The user whose keys the webhook has; AWS's documentation's example key, no secret of anybody. */
export const user = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  arn: 'arn:aws:iam::123456789012:user/ecr-anywhere',
}
export const region = 'us-east-1'
export const ownRegistry = `123456789012.dkr.ecr.${region}.amazonaws.com`

export interface TestbedOptions {
  cluster: Pick<ControlPlane, 'kubeconfig' | 'kubectl'>
  /** Tells what belongs to this testbed on a cluster with several; a DNS label. */
  id: string
  emulator?: EmulatorOptions
  /** Content of CONFIG_FILE. */
  tenants?: string
  /** Further variables of the webhook. */
  env?: Record<string, string>
  /** Tenants to register, by the value of the namespace label. */
  registered?: Record<string, string>
  timeoutSeconds?: number
  program?: Program
  logFile?: WebhookProcessOptions['logFile']
  /** Instead of one webhook configuration a tenant and no attestation. */
  install?: Install
}

export interface Testbed {
  emulator: Emulator
  dir: string
  /** What the webhook is started with. */
  env: Record<string, string>
  /** The webhook that runs now. */
  webhook: () => WebhookProcess
  /** Stops the webhook (by SIGKILL unless another signal is given) and starts it again at the same address, with further variables. */
  restartWebhook: (env?: Record<string, string>, signal?: NodeJS.Signals) => Promise<void>
  /** `ecr-anywhere …` against this cluster. */
  ecrAnywhere: (args: string[], env?: Record<string, string>) => Promise<Outcome>
  /** Makes a namespace, enabled unless another label value is given. */
  namespace: (name: string, value?: string) => Promise<void>
  /** The webhook configurations, and what else was installed, as objects to apply. */
  registrations: object[]
  /** The secrets that must never be printed. */
  secrets: Set<string>
  /** @throws if the webhook, or a command that was run here, printed one of the secrets */
  stop: () => Promise<void>
}

/**
 * The product as it runs in a cluster, in the chart's order: `certs` makes the pair, the webhook serves it, the configurations are
 * registered, `certs` publishes the CA. AWS is the emulator; everything else is real.
 */
export async function startTestbed({
  cluster,
  id,
  registered,
  timeoutSeconds,
  program = sourceProgram,
  logFile,
  install = plainInstall({ id, registered, timeoutSeconds }),
  ...options
}: TestbedOptions): Promise<Testbed> {
  const { kubectl, kubeconfig } = cluster
  // Started processes are stopped even if a later step throws.
  await using started = new AsyncDisposableStack()
  const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-testbed-'))
  started.defer(() => rm(dir, { recursive: true, force: true }))
  const secrets = new Set([user.secretAccessKey])
  const emulator = await startEmulator({ users: [user], onSecret: secret => secrets.add(secret), ...options.emulator })
  started.defer(() => emulator.stop())
  const printed: string[] = []
  const { release, configurations: names } = install
  const files = { cert: join(dir, 'tls.crt'), key: join(dir, 'tls.key'), tenants: join(dir, 'tenants.yaml') }
  const certsEnv = {
    KUBECONFIG: kubeconfig,
    RELEASE_NAMESPACE: release,
    WEBHOOK_CONFIGURATIONS: names.join(','),
    SERVING_DNS_NAMES: '127.0.0.1,localhost',
    ...install.certsEnv,
  }
  const aws = {
    AWS_ENDPOINT_URL: emulator.url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: user.accessKeyId,
    AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
  }

  await must(kubectl('create', 'namespace', release))
  await must(ecrAnywhere(['certs'], { ...certsEnv, BEFORE_RELEASE: 'true' }))
  const pair = JSON.parse(await must(kubectl('get', 'secret', '-n', release, 'ecr-anywhere-tls', '-o', 'json'))).data
  await writeFile(files.cert, Buffer.from(pair['tls.crt'], 'base64'))
  const key = Buffer.from(pair['tls.key'], 'base64').toString()
  for (const line of key.split('\n').filter(line => line.length > 40)) secrets.add(line)
  await writeFile(files.key, key, { mode: 0o600 })
  if (options.tenants !== undefined) await writeFile(files.tenants, options.tenants)
  const env = {
    ...aws,
    CERT_FILE: files.cert,
    KEY_FILE: files.key,
    CLUSTER_NAME: 'testbed',
    // All that it could ever say: what is secret must not be in it, see `stop`.
    LOG_LEVEL: 'trace',
    ...(options.tenants === undefined ? {} : { CONFIG_FILE: files.tenants }),
    ...(await install.mount(dir)),
    ...options.env,
  }
  let webhook = await startWebhook({ env, program, logFile })
  started.defer(async () => void (await webhook.stop('SIGKILL')))
  const registrations = install.objects(webhook.url)
  await must(kubectl('apply', '--server-side', '-f', '-', { input: registrations.map(one => JSON.stringify(one)).join('\n') }))
  await must(ecrAnywhere(['certs'], certsEnv))
  await install.inForce?.(kubeconfig)

  const running = started.move()
  return {
    emulator,
    dir,
    env,
    webhook: () => webhook,
    restartWebhook: async (more = {}, signal = 'SIGKILL') => {
      await webhook.stop(signal)
      printed.push(webhook.logs())
      const ports = { port: portOf(webhook.url), operationsPort: portOf(webhook.operationsUrl) }
      webhook = await startWebhook({ env: { ...env, ...more }, ports, program, logFile })
    },
    ecrAnywhere: async (args, more = {}) => {
      // A test names RELEASE_NAMESPACE if its refresh is to be recorded: most tests count what a refresh asks.
      const given = args[0] === 'refresh' ? { KUBECONFIG: kubeconfig } : certsEnv
      const outcome = await ecrAnywhere(args, { ...given, ...more }, program)
      printed.push(outcome.stdout, outcome.stderr)
      return outcome
    },
    namespace: async (name, value = enabledValue) => {
      const metadata = { name, labels: { ...onlyLabel(id), [labels.namespace]: value } }
      await must(kubectl('apply', '-f', '-', { input: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata }) }))
    },
    registrations,
    secrets,
    stop: async () => {
      await kubectl('delete', 'mutatingwebhookconfiguration', '--ignore-not-found', ...names)
      // On a shared cluster, refreshers of other tests would list these Secrets, and report them if their namespaces were only disabled.
      await kubectl('delete', 'namespace', '--wait=false', '--selector', `ecr-anywhere.test/bed=${id}`)
      await running.disposeAsync()
      printed.push(webhook.logs())
      const shown = leaks(longWords(printed), secrets)
      if (shown === 0) return
      const message = `${shown} of the ${secrets.size} secrets of this testbed were printed by the product`
      // tap reports that a teardown failed, but not the error.
      console.error(message)
      throw new Error(message)
    },
  }
}

/** Where a secret, or a piece of one, could be: nearly nothing, so that thousands of them are looked for in no time. */
function longWords(texts: readonly string[]): string {
  return texts.flatMap(text => text.match(/[\w+/=-]{40,}/g) ?? []).join('\n')
}

/** @returns what a command printed @throws with its stderr if it failed */
export async function must(outcome: Promise<Outcome>): Promise<string> {
  const { code, stdout, stderr } = await outcome
  if (code !== 0) throw new Error(`exit code ${code}:\n${stdout}\n${stderr}`)
  return stdout
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}
