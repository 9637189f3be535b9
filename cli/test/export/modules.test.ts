import t from 'tap'
import { gitlab, jwt, worldFor } from './world.ts'

const world = await worldFor(t)
const env = { ...world.env('gitlab'), AWS_WEB_IDENTITY_TOKEN_FILE: await world.file('token.jwt', jwt(gitlab)) }
const NODE_OPTIONS = `--import ${new URL('loaded-modules.ts', import.meta.url)}`

t.test('the help loads the definitions of the command line, and nothing else', async t => {
  const { stdout, stderr } = await world.shell('ecr-anywhere export --help', { NODE_OPTIONS })
  t.match(stdout, /--gcp-service-account <email>/)
  const modules = [...stderr.matchAll(/^file:.*?\/((?:cli|shared|node_modules|cronjob|webhook)\/\S+)$/gm)].map(([, path]) => path)
  // A coverage tool may load its own before.
  const ours = modules.slice(modules.indexOf('cli/src/main.ts')).filter(path => !path?.startsWith('node_modules/commander/'))
  t.strictSame(ours.toSorted(), [
    'cli/src/cluster/options.ts',
    'cli/src/completion/candidates.ts',
    'cli/src/completion/shells.ts',
    'cli/src/doctor/options.ts',
    'cli/src/export/options.ts',
    'cli/src/failure.ts',
    'cli/src/init/choices.ts',
    'cli/src/init/options.ts',
    'cli/src/main.ts',
    'cli/src/program-name.ts',
    'cli/src/status/options.ts',
    'cli/src/subcommands.ts',
    'cli/src/verify/options.ts',
    'shared/src/fault.ts',
    'shared/src/version.ts',
  ])
})

t.test('each source loads its own modules alone', async t => {
  const { stderr } = await world.shell('ecr-anywhere export --source file', { ...env, NODE_OPTIONS })
  t.match(stderr, 'client-sts')
  t.notMatch(stderr, /google-auth-library|@kubernetes|client-ecr|github-token/)
})
