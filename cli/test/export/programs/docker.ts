import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { commandFile, NODE_COMPILE_CACHE } from '@ecr-anywhere/scripts/testbed/command.ts'
import { open, saveLogin, statusOf } from './registry.ts'

/**
 * Takes the place of Docker's client in the tests of recipes. `run` runs the repository's `ecr-anywhere` with nothing but the variables that
 * the container would have (and the tests' compile cache), and only if each file that they name is mounted. `login` and `push` make a real
 * request to the registry.
 */
const [verb, ...args] = process.argv.slice(2)
if (verb === 'run') process.exitCode = runContainer(args)
else if (verb === 'login') await login(args)
else if (verb === 'push') await open(args[0] ?? '')
else if (verb !== 'build') throw new Error(`found docker ${verb}`)

function runContainer(args: string[]): number {
  const { values, positionals, tokens } = parseArgs({
    args,
    options: {
      rm: { type: 'boolean' },
      interactive: { type: 'boolean' },
      network: { type: 'string' },
      user: { type: 'string' },
      env: { type: 'string', multiple: true },
      volume: { type: 'string', multiple: true },
    },
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  // What comes after the image is for the container.
  const image = tokens.find(token => token.kind === 'positional')?.index ?? 0
  const names = [values.env ?? []].flat().map(String)
  const mounted = [values.volume ?? []].flat().map(volume => String(volume).split(':')[1])
  const env = Object.fromEntries(names.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
  const missing = Object.values(env).find(value => value?.startsWith('/') && existsSync(value) && !mounted.includes(value))
  if (missing !== undefined || positionals[0] === undefined) throw new Error(`found ${missing} that is not mounted`)
  return (
    spawnSync(process.execPath, [commandFile, ...args.slice(image + 1)], { env: { ...env, NODE_COMPILE_CACHE }, stdio: 'inherit' })
      .status ?? 125
  )
}

async function login(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    options: { username: { type: 'string' }, 'password-stdin': { type: 'boolean' } },
    allowPositionals: true,
  })
  const [host = ''] = positionals
  const basic = `${values.username}:${(await text(process.stdin)).trimEnd()}`
  const status = await statusOf(host, basic)
  if (status !== 200) throw new Error(`${host} answered ${status}`)
  await saveLogin(host, basic)
  process.stdout.write('Login Succeeded\n')
}
