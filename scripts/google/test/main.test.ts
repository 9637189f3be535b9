import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { printedEnvironment } from '../../testbed/printed-environment.ts'
import { parseWorld } from '../world-file.ts'

t.test('The command prints the environment that leads clients to it, and stops on Ctrl-C.', async t => {
  const { command, env } = await printedEnvironment(t, fileURLToPath(new URL('../main.ts', import.meta.url)))
  const metadata = `http://${env.GCE_METADATA_HOST}/computeMetadata/v1/instance/service-accounts/default/token`
  const token: unknown = await (await fetch(metadata, { headers: { 'Metadata-Flavor': 'Google' } })).json()
  const headers = { Authorization: `Bearer ${(token as { access_token: string }).access_token}` }
  const secret = `${env.GOOGLE_ENDPOINT_URL}/v1/projects/${env.GCP_PROJECT_ID}/secrets/${env.GCP_SECRET_NAME}`
  t.equal((await fetch(secret, { headers })).status, 200)
  const repository = `${env.GOOGLE_ENDPOINT_URL}/v1/projects/${env.GCP_PROJECT_ID}/locations/${env.GCP_LOCATION}/repositories/${env.GCP_REPOSITORY_NAME}`
  t.equal((await fetch(repository, { headers })).status, 200)
  command.kill('SIGINT')
  t.same(await once(command, 'exit'), [0, null])
})

t.test('A file says what the world is.', async t => {
  const world = { projects: [{ id: 'p', number: '1' }], accounts: [{ email: 'a@b' }], secrets: [{ id: 's' }], machine: { account: 'a@b' } }
  t.same(parseWorld(JSON.stringify(world)), world)
  for (const wrong of [{ projects: [{ id: 'p' }] }, { secret: [] }, { machine: 1 }, 1]) {
    t.throws(() => parseWorld(JSON.stringify(wrong)), { message: /wanted \{"projects"/ })
  }
})
