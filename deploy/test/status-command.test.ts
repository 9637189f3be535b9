import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { run } from '@ecr-anywhere/scripts/cluster/run.ts'
import { nodePath } from '@ecr-anywhere/scripts/image/image-config.ts'
import { base, podTemplates, render } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { operationsServer } from '@ecr-anywhere/webhook/http/operations.ts'
import { test } from 'tap'

const page = await readFile(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8')
const [, command = ''] = /^```sh\n(kubectl get pods .*?\/status.*?)^```/ms.exec(page) ?? []

test('the command for /status on the troubleshooting page selects only the pods of the webhook', async t => {
  const [, key = '', value] = /-l (\S+?)=(\S+)/.exec(command) ?? []
  const selected = podTemplates(await render(base)).filter(({ metadata }) => metadata.labels[key] === value)
  t.strictSame(
    selected.map(({ from }) => from),
    ['Deployment/ecr-anywhere-webhook'],
  )
})

test('the command prints the name of the pod and its status', async t => {
  const status = { version: '1.2.3', attestation: 'policy', servingCertificate: null, tenants: {} }
  const server = operationsServer({ notReady: () => undefined, metrics: async () => '', status: () => status })
  await server.listen({ port: 0 })
  t.teardown(() => server.close())
  const [, node, script = ''] = /-- \\\n +(\S+) -e '([^']+)'\n/.exec(command) ?? []
  t.equal(node, nodePath)
  const { port } = server.server.address() as AddressInfo
  const env = { HOSTNAME: 'ecr-anywhere-webhook-1', METRICS_PORT: String(port) }
  const { code, stdout, stderr } = await run(process.execPath, ['-e', script], { env })
  t.strictSame([code, stderr, stdout], [0, '', `ecr-anywhere-webhook-1 ${JSON.stringify(status)}\n`])
})

test('the webhook container has the environment variable from which the command reads the port', async t => {
  const [webhook] = podTemplates(await render(base)).filter(({ from }) => from.startsWith('Deployment'))
  t.ok(webhook?.spec.containers[0].env.some(({ name }: { name: string }) => name === 'METRICS_PORT'))
})
