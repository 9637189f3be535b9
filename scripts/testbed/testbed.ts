import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { enabledValue, labels } from '@ecr-anywhere/shared/names.ts'
import { type Emulator, type EmulatorOptions, startEmulator } from '../aws/emulator.ts'
import type { ControlPlane } from '../cluster/control-plane.ts'
import type { Outcome } from '../cluster/run.ts'
import { defaultProgram, ecrAnywhere, type Program } from './command.ts'
import { emulatorEnv, region } from './emulator-env.ts'
import { leaks } from './leaks.ts'
import { type Install, onlyLabel, plainInstall } from './plain-install.ts'
import { startWebhook, type WebhookProcess, type WebhookProcessOptions } from './webhook-process.ts'

/** The user whose keys the webhook has. It is the example key of the AWS documentation, which is not secret. */
export const user = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  arn: 'arn:aws:iam::123456789012:user/ecr-anywhere',
}
export const ownRegistry = `123456789012.dkr.ecr.${region}.amazonaws.com`

export interface TestbedOptions {
  cluster: Pick<ControlPlane, 'kubeconfig' | 'kubectl'>
  /** A DNS label that separates the objects of this testbed from those of others on the same cluster. */
  id: string
  emulator?: EmulatorOptions
  /** The content of CONFIG_FILE. */
  tenants?: string
  /** Further environment variables of the webhook. */
  env?: Record<string, string>
  /** The tenants to register, by the value of the namespace label. */
  registered?: Record<string, string>
  timeoutSeconds?: number
  program?: Program
  logFile?: WebhookProcessOptions['logFile']
  /** Replaces the installation with one webhook configuration for each tenant and no attestation. */
  install?: Install
}

export interface Testbed {
  emulator: Emulator
  dir: string
  /** The environment of the webhook. */
  env: Record<string, string>
  /** @returns the running webhook */
  webhook: () => WebhookProcess
  /** Stops the webhook, by default with SIGKILL, and starts it again at the same address with further environment variables. */
  restartWebhook: (env?: Record<string, string>, signal?: NodeJS.Signals) => Promise<void>
  /** Runs `ecr-anywhere …` with this cluster. */
  ecrAnywhere: (args: string[], env?: Record<string, string>) => Promise<Outcome>
  /** Creates a namespace. By default it is enabled. */
  namespace: (name: string, value?: string) => Promise<void>
  /** The installed objects, such as webhook configurations, which can be applied again. */
  registrations: object[]
  /** The CA of the serving certificate in base64, as a webhook configuration has it. */
  caBundle: () => Promise<string>
  /** The secrets that must never be printed. */
  secrets: Set<string>
  /** Stops the testbed. @throws if the webhook or a command printed one of the secrets */
  stop: () => Promise<void>
}

/**
 * Installs the product in the order of the chart: `certs` creates the serving certificate, the webhook starts, the configurations are
 * registered, and `certs` publishes the CA. AWS is the emulator, and everything else is real.
 */
export async function startTestbed({
  cluster,
  id,
  registered,
  timeoutSeconds,
  program = defaultProgram,
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

  await must(kubectl('create', 'namespace', release))
  await must(ecrAnywhere(['certs'], { ...certsEnv, BEFORE_RELEASE: 'true' }))
  const pair = JSON.parse(await must(kubectl('get', 'secret', '-n', release, 'ecr-anywhere-tls', '-o', 'json'))).data
  await writeFile(files.cert, Buffer.from(pair['tls.crt'], 'base64'))
  const key = Buffer.from(pair['tls.key'], 'base64').toString()
  for (const line of key.split('\n').filter(line => line.length > 40)) secrets.add(line)
  await writeFile(files.key, key, { mode: 0o600 })
  if (options.tenants !== undefined) await writeFile(files.tenants, options.tenants)
  const env = {
    ...emulatorEnv(emulator, user),
    CERT_FILE: files.cert,
    KEY_FILE: files.key,
    CLUSTER_NAME: 'testbed',
    // The most verbose level, because `stop` checks that the log contains no secrets.
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
    caBundle: () => must(kubectl('get', 'secret', '-n', release, 'ecr-anywhere-tls', '-o', 'jsonpath={.data.ca\\.crt}')),
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
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata })
      const applied = () => must(kubectl('apply', '-f', '-', '-o', 'jsonpath={.metadata.deletionTimestamp}', { input }))
      // On a shared cluster, another test may have deleted a namespace of this name, which then still exists for some seconds.
      if ((await applied()) === '') return
      await must(kubectl('wait', '--for=delete', `namespace/${name}`, '--timeout=60s'))
      await applied()
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

/** The words that are long enough to contain a part of a secret. There are few, so the search for thousands of secrets is fast. */
function longWords(texts: readonly string[]): string {
  return texts.flatMap(text => text.match(/[\w+/=-]{40,}/g) ?? []).join('\n')
}

/** @returns the stdout of a command @throws with its stderr if it failed */
export async function must(outcome: Promise<Outcome>): Promise<string> {
  const { code, stdout, stderr } = await outcome
  if (code !== 0) throw new Error(`exit code ${code}:\n${stdout}\n${stderr}`)
  return stdout
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}
