import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { commandFile, NODE_COMPILE_CACHE } from '@ecr-anywhere/scripts/testbed/command.ts'
import { version } from '@ecr-anywhere/shared/version.ts'
import t from 'tap'
import { subcommands } from '../src/subcommands.ts'

/** Runs the command with only the given environment variables. */
function run(args: string[], env: Record<string, string> = {}) {
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; stdout: string; stderr: string }>()
  execFile(process.execPath, [commandFile, ...args], { env: { NODE_COMPILE_CACHE, ...env } }, (error, stdout, stderr) =>
    resolve({ code: error?.code ?? 0, stdout, stderr }),
  )
  return promise
}

t.test('the command prints its version and its subcommands', async t => {
  t.strictSame(await run(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' })
  const { code, stdout } = await run(['--help'])
  t.equal(code, 0)
  for (const { name } of subcommands) t.match(stdout, new RegExp(`^  ${name} `, 'm'))
})

t.test('a reader that closes the pipe early, such as `head`, gets no stack trace', async t => {
  const child = spawn(process.execPath, [commandFile, '--help'], { env: { NODE_COMPILE_CACHE }, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
  t.strictSame({ code, stderr }, { code: 141, stderr: '' })
})

for (const args of [[], ['sing'], ['refresh', '--sing']]) {
  t.test(`\`${['ecr-anywhere', ...args].join(' ')}\` is wrong usage, with exit code 2 and help on stderr`, async t => {
    const { code, stdout, stderr } = await run(args)
    t.strictSame([code, stdout], [2, ''])
    t.match(stderr, /Usage: ecr-anywhere|ecr-anywhere (?:refresh )?--help/)
  })
}

const wrong: [about: string, args: string[], env: Record<string, string>, said: RegExp][] = [
  [
    'invalid settings',
    ['webhook'],
    { PORT: 'x', LOG_LEVEL: 'y' },
    /^ecr-anywhere: found 2 faulty settings:\n {2}- PORT: .*\n {2}- LOG_LEVEL: .*\n2 faulty settings: PORT, LOG_LEVEL; wanted .*\n$/,
  ],
  ['an unknown output', ['refresh', '--output', 'xml'], {}, /--output: found "xml", wanted text or json/],
  ['missing settings', ['certs'], {}, /RELEASE_NAMESPACE: found nothing/],
  ['a missing file', ['webhook'], { CONFIG_FILE: '/nowhere/a.yaml' }, /CONFIG_FILE: found \/nowhere\/a\.yaml \(ENOENT\)/],
  [
    'a missing file of Secrets',
    ['apply-secrets'],
    { SECRETS_FILE: '/nowhere/a.yaml' },
    /SECRETS_FILE: found \/nowhere\/a\.yaml \(ENOENT\), wanted a readable file/,
  ],
  [
    'a missing file of expected objects',
    ['check'],
    { RELEASE_NAMESPACE: 'ecr', EXPECTED_FILE: '/nowhere/a.json' },
    /EXPECTED_FILE: found \/nowhere\/a\.json \(ENOENT\), wanted a readable file/,
  ],
  ['no region', ['webhook'], { HOME: '/nowhere' }, /no AWS region .*Set AWS_REGION/],
]

for (const [about, args, env, said] of wrong) {
  t.test(`${about}: the exit code is 2, and the cause is on stdout`, async t => {
    const { code, stdout } = await run(args, env)
    t.equal(code, 2)
    t.match(stdout, said)
  })
}

const inJson: [about: string, args: string[], env: Record<string, string>, error: RegExp][] = [
  [
    'invalid settings',
    [],
    { NAMESPACES: ',', LOG_LEVEL: 'y' },
    /^found 2 faulty settings:\n.*NAMESPACES: found ",", wanted at least one name/,
  ],
  ['an unknown flag', ['--sing'], {}, /^unknown option '--sing'$/],
]

for (const [about, args, env, error] of inJson) {
  t.test(`${about} with --output json: the exit code is 2, and stdout is one JSON document of one line`, async t => {
    const { code, stdout } = await run(['refresh', ...args, '--output', 'json'], env)
    t.equal(code, 2)
    t.match(stdout, /^[^\n]+\n$/)
    t.match(JSON.parse(stdout), { error })
  })
}

t.test('the stdout of export is for a shell: on failure it is empty, and the cause is on stderr', async t => {
  const { code, stdout, stderr } = await run(['export'], { HOME: '/nowhere' })
  t.strictSame([code, stdout], [2, ''])
  t.match(stderr, /^ecr-anywhere: found 5 faulty settings:\n(?: {2}- .*\n){5}5 faulty settings: /)
  const usage = await run(['export', '--sing', '--output', 'json'])
  t.strictSame([usage.code, usage.stdout], [2, ''])
  t.match(usage.stderr, /unknown option '--sing'/)
})

t.test('every subcommand has a main.ts', async t => {
  for (const { name, load } of subcommands) t.type((await load()).main, 'function', name)
})
