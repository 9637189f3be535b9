import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import t from 'tap'
import { clients } from './world.ts'

t.test('the command prints the environment with which the SDK uses the emulator, and stops on Ctrl-C', async t => {
  const command = spawn(process.execPath, [fileURLToPath(new URL('../main.ts', import.meta.url))], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => command.kill('SIGKILL'))
  let printed = ''
  for await (const chunk of command.stdout.setEncoding('utf8')) {
    printed += chunk
    if (printed.includes('Ctrl-C')) break
  }
  const env = Object.fromEntries([...printed.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]))
  const as = { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY }
  await t.resolves(clients({ url: env.AWS_ENDPOINT_URL }, { at: env.AWS_REGION, as }).ecr.send(new GetAuthorizationTokenCommand({})))
  command.kill('SIGINT')
  t.same(await once(command, 'exit'), [0, null])
})
