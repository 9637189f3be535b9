import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Emulator, startEmulator } from '@ecr-anywhere/scripts/aws/emulator.ts'
import type { Role } from '@ecr-anywhere/scripts/aws/principals.ts'
import { type Azure, issuerOf, startAzure } from '@ecr-anywhere/scripts/azure/emulator.ts'
import { type Outcome, run } from '@ecr-anywhere/scripts/cluster/run.ts'
import { type Github, startGithub } from '@ecr-anywhere/scripts/github/emulator.ts'
import { type Google, startGoogle } from '@ecr-anywhere/scripts/google/emulator.ts'
import { commandFile, NODE_COMPILE_CACHE } from '@ecr-anywhere/scripts/testbed/command.ts'
import { leaks } from '@ecr-anywhere/scripts/testbed/leaks.ts'
import type { Test } from 'tap'

export const account = '111122223333'
export const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`
export const sessionArn = (name: string) => `arn:aws:sts::${account}:assumed-role/${name}/build-7`

export const serviceAccount = { email: 'ci@my-project.iam.gserviceaccount.com', uniqueId: '112233445566778899001' }
export const person = { email: 'dev@example.com' }
export const audience = 'https://aws.example.com'
export const job = { owner: 'octo', ownerId: '65', repository: 'app', repositoryId: '74', ref: 'refs/heads/main' }
export const identity = {
  clientId: 'c0ffee00-0000-0000-0000-000000000001',
  objectId: 'c0ffee00-0000-0000-0000-000000000002',
  federated: { issuer: 'https://oidc.example/aks/', subject: 'system:serviceaccount:ci:push' },
}
const tenant = { tenantId: 'c0ffee00-0000-0000-0000-000000000003', resources: ['api://aws'] }

/** The claims of a job of GitLab. */
export const gitlab = { iss: 'https://gitlab.com', sub: 'project_path:octo/app:ref_type:branch:ref:main', aud: 'sts.amazonaws.com' }

/** Roles with the trust policies that docs/identity describes. */
const roles: Role[] = [
  { arn: roleArn('google'), iss: 'https://accounts.google.com', sub: serviceAccount.uniqueId, aud: serviceAccount.email, oaud: audience },
  {
    arn: roleArn('github'),
    iss: 'https://token.actions.githubusercontent.com',
    sub: 'repo:octo/app:ref:refs/heads/main',
    aud: 'sts.amazonaws.com',
  },
  {
    arn: roleArn('github-ids'),
    iss: 'https://token.actions.githubusercontent.com',
    sub: 'repo:octo@65/app@74:environment:prod',
    aud: 'sts.amazonaws.com',
  },
  { arn: roleArn('gitlab'), ...gitlab },
  { arn: roleArn('azure'), iss: issuerOf(tenant), sub: identity.objectId, aud: 'api://aws' },
  { arn: roleArn('short'), maxSessionSeconds: 3600 },
  { arn: roleArn('revoked'), isTokenRevoked: true },
]

export interface World {
  aws: Emulator
  google: Google
  github: Github
  azure: Azure
  /** The variables of the emulators of AWS and Google, the role, and the name of the session. */
  env: (role: string) => Record<string, string>
  /** The working directory of the shell, which is on its PATH. */
  dir: string
  /** Makes a program of Node a command of the shell. */
  command: (name: string, program: string) => Promise<void>
  /** A file with this content. @returns its path */
  file: (name: string, content: string) => Promise<string>
  /** Runs a script in a new `sh` with these variables and no others, and with `ecr-anywhere`, `whoami` and `node` on its PATH. */
  shell: (script: string, env: Record<string, string>) => Promise<Outcome>
  /** How many of all the secrets that anybody was given are in a text, whole or in part. */
  leaks: (text: string) => number
}

/** Emulators of everybody for the length of a test, and a shell in which `ecr-anywhere` is a command. */
export async function worldFor(t: Test): Promise<World> {
  const secrets = new Set<string>()
  const onSecret = (secret: string) => void secrets.add(secret)
  const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-export-'))
  const aws = await startEmulator({ roles, onSecret })
  const google = await startGoogle({ accounts: [serviceAccount, person], onSecret })
  const github = await startGithub({ job, onSecret })
  const azure = await startAzure({ ...tenant, identities: [identity], onSecret })
  t.teardown(async () => {
    await Promise.all([aws, google, github, azure].map(each => each.stop()))
    await rm(dir, { recursive: true })
  })
  await command('ecr-anywhere', commandFile)
  await command('whoami', fileURLToPath(new URL('whoami.ts', import.meta.url)))

  async function command(name: string, program: string): Promise<void> {
    const path = join(dir, name)
    await writeFile(path, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
    await chmod(path, 0o755)
  }

  return {
    aws,
    google,
    github,
    azure,
    dir,
    command,
    env: role => ({
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: 'eu-west-1',
      GOOGLE_ENDPOINT_URL: google.url,
      METADATA_SERVER_DETECTION: 'none',
      AWS_IAM_ROLE_ARN: roleArn(role),
      AWS_SESSION_NAME: 'build-7',
    }),
    async file(name, content) {
      const path = join(dir, name)
      await writeFile(path, content, { mode: 0o600 })
      return path
    },
    shell(script, env) {
      const nothing = {
        PATH: `${dir}:${dirname(process.execPath)}:/usr/bin:/bin`,
        HOME: dir,
        TMPDIR: tmpdir(),
        AWS_EC2_METADATA_DISABLED: 'true',
        NODE_COMPILE_CACHE,
      }
      return run('sh', ['-euc', script], { cwd: dir, env: { ...nothing, ...env } })
    },
    leaks: text => leaks(text, secrets),
  }
}

/** A JWT that nobody signed, good for an hour unless the claims say otherwise. The emulated STS verifies no signature. */
export function jwt(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const iat = Math.floor(Date.now() / 1000)
  return `${part({ alg: 'RS256' })}.${part({ iat, exp: iat + 3600, ...claims })}.${'c2lnbmF0dXJl'.repeat(20)}`
}

/** Variables for a machine whose clock is ahead by so many hours. */
export function clockAhead(hours: number): Record<string, string> {
  return { SKEW_MS: String(hours * 3_600_000), NODE_OPTIONS: `--import ${new URL('skewed-clock.ts', import.meta.url)}` }
}

/** Runs `ecr-anywhere export`, which has to fail: nothing is on stdout, and no secret on stderr. @returns the one line on stderr */
export async function failure(
  t: Test,
  world: World,
  { flags, env, code = 1 }: { flags: string; env: Record<string, string>; code?: number },
) {
  const outcome = await world.shell(`ecr-anywhere export ${flags}`, env)
  t.strictSame([outcome.code, outcome.stdout], [code, ''])
  t.equal(world.leaks(outcome.stderr), 0)
  t.notMatch(outcome.stderr, /eyJ/)
  t.match(outcome.stderr, /^ecr-anywhere: found [^\n]+; wanted [^\n]+\. [^\n]+\n$/)
  return outcome.stderr
}
