import { parseArgs } from 'node:util'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import { apiUser } from '../testbed/api-user.ts'
import { managedSecret } from '../testbed/manifest.ts'
import { secretWriter } from '../testbed/secret-writer.ts'

/**
 * Creates Secrets and touches them at a constant rate until SIGTERM, and then prints the results. Each touch is an admission.
 * It is a separate program, because it runs in the network of a node.
 */
const { values } = parseArgs({
  options: { kubeconfig: { type: 'string' }, namespace: { type: 'string' }, perSecond: { type: 'string' } },
})
/** Fewer than Secrets, because two concurrent writes of one Secret would cause a conflict, which the API server retries. */
const atATime = 32
const { kubeconfig = '', namespace = '', perSecond = '' } = values
const client = await apiUser(kubeconfig, atATime)
const writer = secretWriter(client)
const secrets = Array.from({ length: atATime + 8 }, (_, index) => `stream-${index}`)
for (const name of secrets) {
  const { status, message } = await writer.apply(managedSecret({ namespace, name }))
  if (status !== 200 && status !== 201) throw new Error(`creating ${namespace}/${name} was answered with ${status} ${message}`)
}
const everyMs = 1000 / Number(perSecond)
const startedMs = performance.now()
const figures = { sent: 0, stored: 0, refused: 0, mostInFlight: 0, slowestMs: 0, messages: {} as Record<string, number> }
const inFlight = new Set<Promise<void>>()

const timer = setInterval(() => {
  // All touches that are due, so that a late timer does not lower the rate, but no more than an API server can process at a time.
  while (figures.sent * everyMs < performance.now() - startedMs && inFlight.size < atATime) {
    const sent = touch(figures.sent++).finally(() => inFlight.delete(sent))
    inFlight.add(sent)
    figures.mostInFlight = Math.max(figures.mostInFlight, inFlight.size)
  }
}, everyMs)

process.once('SIGTERM', async () => {
  clearInterval(timer)
  await Promise.all(inFlight)
  client.close()
  console.log(JSON.stringify({ ...figures, seconds: (performance.now() - startedMs) / 1000 }))
})

async function touch(number: number): Promise<void> {
  const beganMs = performance.now()
  const change = { metadata: { annotations: { [annotations.markedForUpdateAt]: `${new Date().toISOString()} ${number}` } } }
  try {
    const { status, message } = await writer.patch(namespace, secrets[number % secrets.length] ?? '', change)
    if (status === 200) {
      figures.stored++
      // The test waits for this line.
      if (figures.stored === 1) console.log('begun')
    } else count(`${status} ${message}`)
  } catch (error) {
    count(String(error))
  }
  writer.answers.length = 0
  figures.slowestMs = Math.max(figures.slowestMs, Math.round(performance.now() - beganMs))
}

function count(message: string): void {
  figures.refused++
  figures.messages[message] = (figures.messages[message] ?? 0) + 1
}
