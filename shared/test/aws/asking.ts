import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Emulator, type EmulatorOptions, startEmulator } from '@ecr-anywhere/scripts/aws/emulator.ts'
import { cleanEnv } from '@ecr-anywhere/scripts/testbed/command.ts'
import type { Test } from 'tap'
import type { Answer, Question } from './ask.ts'

export const account = '111122223333'
export const user = {
  accessKeyId: 'AKIAALICE00000000000',
  secretAccessKey: 'a-secret-of-a-test',
  arn: `arn:aws:iam::${account}:user/alice`,
}
export const roleArn = `arn:aws:iam::${account}:role/pull`
export const keys = { AWS_ACCESS_KEY_ID: user.accessKeyId, AWS_SECRET_ACCESS_KEY: user.secretAccessKey }
/** The ARN of a role session, as GetCallerIdentity returns it. */
export const session = (name: string, role = 'pull') => `arn:aws:sts::${account}:assumed-role/${role}/${name}`

const program = fileURLToPath(new URL('ask.ts', import.meta.url))

/** Starts an emulator for the duration of a test, with one user and one role. */
export async function emulatorFor(t: Test, options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ users: [user], roles: [{ arn: roleArn }], ...options })
  t.teardown(() => emulator.stop())
  return emulator
}

/**
 * Starts a process with only this environment, because the SDK reads variables in many places. An empty value removes the default.
 *
 * @returns a function that asks it a question. The process lives as long as the test.
 */
export function asking(t: Test, { url }: { url: string }, env: Record<string, string> = {}): (question?: Question) => Promise<Answer> {
  const nothing = { AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_CONFIG_FILE: '/dev/null' }
  const given = Object.entries({ ...nothing, AWS_ENDPOINT_URL: url, AWS_REGION: 'us-east-1', ...env }).filter(([, value]) => value !== '')
  const child = spawn(process.execPath, [program], {
    env: cleanEnv(Object.fromEntries(given)),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.teardown(() => child.stdin.end())
  const waiting: ((answer: Answer) => void)[] = []
  createInterface({ input: child.stdout }).on('line', line => waiting.shift()?.(JSON.parse(line)))
  return (question = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    waiting.push(resolve)
    child.once('exit', code => reject(new Error(`the process exited with ${code} before its answer`)))
    child.stdin.write(`${JSON.stringify(question)}\n`)
    return promise
  }
}

/** Creates a directory with these files for the duration of a test. */
export async function filesFor(t: Test, files: Record<string, string>): Promise<(name: string) => string> {
  const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-aws-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text, { mode: 0o600 })
  return name => join(dir, name)
}

/** A web identity token without a valid signature, valid for an hour. The emulator accepts every signature. */
export function jwt(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256' })}.${part({ exp: Math.floor(Date.now() / 1000) + 3600, ...claims })}.${'c2lnbmF0dXJl'.repeat(20)}`
}
