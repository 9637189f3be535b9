import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import t from 'tap'
import { printedEnvironment } from '../../testbed/printed-environment.ts'
import { clients } from './world.ts'

t.test('the command prints the environment with which the SDK uses the emulator, and stops on Ctrl-C', async t => {
  const { command, env } = await printedEnvironment(t, fileURLToPath(new URL('../main.ts', import.meta.url)))
  const {
    AWS_ACCESS_KEY_ID: accessKeyId = '',
    AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
    AWS_ENDPOINT_URL: url = '',
    AWS_REGION: at = '',
  } = env
  await t.resolves(clients({ url }, { at, as: { accessKeyId, secretAccessKey } }).ecr.send(new GetAuthorizationTokenCommand({})))
  command.kill('SIGINT')
  t.same(await once(command, 'exit'), [0, null])
})
