import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { leaks } from '@ecr-anywhere/scripts/testbed/leaks.ts'
import { awsConfig } from '../../src/aws/aws-config.ts'
import { ecrTokens } from '../../src/aws/ecr.ts'
import { ambientIdentity, tenantIdentity } from '../../src/aws/identity.ts'
import type { Sessions } from '../../src/aws/sessions.ts'
import { Fault, sentence } from '../../src/fault.ts'
import { parseRegistry } from '../../src/registry.ts'
import { scopeOf } from '../../src/scope.ts'
import type { Tenant } from '../../src/tenants.ts'

/**
 * A test program that reports its AWS principal and whether it gets tokens, with its own environment. Each line of stdin is a question, and
 * each line of stdout an answer. It never prints credentials, and counts the leaks of known credentials in its answers.
 */
export interface Question {
  tenant?: Tenant
  /** The registries for which tokens are requested, one after the other. By default one in us-east-1. */
  hosts?: string[]
  /** The region in place of that of the environment. */
  region?: string
  /** A repository of the last host, from which the manifest `latest` is requested at the emulated registry. */
  repository?: string
}

export interface Answer {
  principal?: string
  region?: string
  /** The remaining hours of each token, rounded. */
  hours?: number[]
  /** The HTTP status for the manifest. */
  pulled?: number
  /** The kind, code and message of the error. */
  fault?: { kind: string; code: string; sentence: string }
  leaks: number
  /** The duration in milliseconds. */
  ms: number
}

const { env } = process
/** SECRETS contains further values that only the test knows. */
const secrets = new Set([env.AWS_SECRET_ACCESS_KEY ?? '', ...(env.SECRETS ?? '').split(' ')].filter(secret => secret !== ''))
const clients = new Map<string, ReturnType<typeof clientFor>>()
let install: ReturnType<typeof installed> | undefined

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`)
}
// Hanging calls would keep the process alive.
process.exit()

async function answer({
  tenant = { name: 'default' },
  hosts = ['123456789012.dkr.ecr.us-east-1.amazonaws.com'],
  region,
  repository,
}: Question) {
  const found: Omit<Answer, 'leaks' | 'ms'> = {}
  const startMs = performance.now()
  try {
    install ??= installed()
    const id = `${tenant.name} ${region}`
    const { identity, token } = await (clients.get(id) ?? clientFor(await install, tenant, region))
    clients.set(id, Promise.resolve({ identity, token }))
    found.region = identity.region
    found.hours = []
    for (const host of hosts) {
      const { password, expiresAtMs } = await token(scopeOf(parseRegistry(host)))
      secrets.add(password)
      found.hours.push(Math.round((expiresAtMs - Date.now()) / 3_600_000))
      if (repository !== undefined) found.pulled = await manifestStatus(host, repository, password)
    }
    found.principal = (await identity.principal(9_000)).arn
  } catch (error) {
    const { kind, code } = error instanceof Fault ? error : { kind: 'none', code: 'none' }
    found.fault = { kind, code, sentence: sentence(error) }
  }
  return { ...found, leaks: leaks(JSON.stringify(found), secrets), ms: performance.now() - startMs }
}

/** The context of all tenants. */
async function installed() {
  const caBundle = env.AWS_CA_BUNDLE === undefined ? undefined : await readFile(env.AWS_CA_BUNDLE, 'utf8')
  const options = { config: await awsConfig({ env, caBundle }), env, clusterName: env.CLUSTER_NAME ?? 'kubernetes' }
  return { options, ambient: watched(ambientIdentity(options)) }
}

async function clientFor({ options, ambient }: Awaited<ReturnType<typeof installed>>, tenant: Tenant, region = options.config.region) {
  const config = { ...options.config, region }
  const identity = tenantIdentity(tenant, ambient, { ...options, config })
  const sessions = watched(identity.sessions)
  return { identity, token: ecrTokens({ config, tenant: tenant.name, roleArn: identity.roleArn, sessions, nowMs: Date.now }) }
}

/** The emulator learns from X-Forwarded-Host which registry is meant. */
async function manifestStatus(host: string, repository: string, password: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`
  const { status } = await fetch(`${env.AWS_ENDPOINT_URL}/v2/${repository}/manifests/latest`, {
    headers: { authorization, 'x-forwarded-host': host },
  })
  return status
}

/** Records the credentials that it returns. */
function watched({ use }: Sessions): Sessions {
  return {
    use: (about, work) =>
      use(about, credentials => {
        secrets.add(credentials.secretAccessKey)
        if (credentials.sessionToken !== undefined) secrets.add(credentials.sessionToken)
        return work(credentials)
      }),
  }
}
