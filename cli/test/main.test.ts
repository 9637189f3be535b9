import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { version } from '@ecr-anywhere/shared/version.ts'
import t from 'tap'
import { subcommands } from '../src/subcommands.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Runs the command with nothing in its environment but what is given. */
function run(args: string[], env: Record<string, string> = {}) {
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; stdout: string; stderr: string }>()
  execFile(process.execPath, [main, ...args], { env }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }))
  return promise
}

t.test('it prints its version and its subcommands', async t => {
  t.strictSame(await run(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' })
  const { code, stdout } = await run(['--help'])
  t.equal(code, 0)
  for (const { name } of subcommands) t.match(stdout, new RegExp(`^  ${name} `, 'm'))
})

for (const args of [[], ['sing'], ['refresh', '--sing']]) {
  t.test(`\`${['ecr-anywhere', ...args].join(' ')}\` is wrong usage: exit code 2, with help on stderr`, async t => {
    const { code, stdout, stderr } = await run(args)
    t.strictSame([code, stdout], [2, ''])
    t.match(stderr, /Usage: ecr-anywhere|ecr-anywhere --help/)
  })
}

const wrong: [about: string, args: string[], env: Record<string, string>, said: RegExp][] = [
  [
    'settings that cannot be',
    ['webhook'],
    { PORT: 'x', LOG_LEVEL: 'y' },
    /^ecr-anywhere: found 2 faulty settings:\n {2}- PORT: .*\n {2}- LOG_LEVEL: .*\n2 faulty settings: PORT, LOG_LEVEL; wanted .*\n$/,
  ],
  ['an output that there is not', ['refresh', '--output', 'xml'], {}, /--output: found "xml", wanted text or json/],
  ['settings that are missing', ['certs'], {}, /RELEASE_NAMESPACE: found nothing/],
  ['a file that is not there', ['webhook'], { CONFIG_FILE: '/nowhere/a.yaml' }, /CONFIG_FILE: found \/nowhere\/a\.yaml \(ENOENT\)/],
  [
    'a file of Secrets that is not there',
    ['apply-secrets'],
    { SECRETS_FILE: '/nowhere/a.yaml' },
    /SECRETS_FILE: found \/nowhere\/a\.yaml \(ENOENT\), wanted a readable file/,
  ],
  [
    'a file of what is expected that is not there',
    ['check'],
    { RELEASE_NAMESPACE: 'ecr', EXPECTED_FILE: '/nowhere/a.json' },
    /EXPECTED_FILE: found \/nowhere\/a\.json \(ENOENT\), wanted a readable file/,
  ],
  ['no region anywhere', ['webhook'], { HOME: '/nowhere' }, /no AWS region .*Set AWS_REGION/],
]

for (const [about, args, env, said] of wrong) {
  t.test(`${about}: exit code 2, and the cause on stdout`, async t => {
    const { code, stdout } = await run(args, env)
    t.equal(code, 2)
    t.match(stdout, said)
  })
}

const inJson: [about: string, args: string[], env: Record<string, string>, error: RegExp][] = [
  [
    'settings that cannot be',
    [],
    { NAMESPACES: ',', LOG_LEVEL: 'y' },
    /^found 2 faulty settings:\n.*NAMESPACES: found ",", wanted at least one name/,
  ],
  ['a flag that there is not', ['--sing'], {}, /^unknown option '--sing'$/],
]

for (const [about, args, env, error] of inJson) {
  t.test(`with --output json, ${about}: exit code 2, and stdout is one JSON document of one line`, async t => {
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

t.test('every subcommand has a main', async t => {
  for (const { name, load } of subcommands) t.type((await load()).main, 'function', name)
})
