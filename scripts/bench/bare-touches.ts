import { readFile } from 'node:fs/promises'
import https from 'node:https'
import { parseArgs } from 'node:util'

/**
 * The smallest possible refresher: one agent and one merge patch for each Secret of a list. It reads only the status of the answers.
 * It is a separate program so that its start-up is included in the measurement.
 */
const { values } = parseArgs({
  options: { server: { type: 'string' }, tls: { type: 'string' }, names: { type: 'string' }, concurrency: { type: 'string' } },
})
const names: string[] = JSON.parse(await readFile(values.names ?? '', 'utf8'))
const tls = JSON.parse(await readFile(values.tls ?? '', 'utf8'))
const concurrency = Number(values.concurrency)
const agent = new https.Agent({ keepAlive: true, maxSockets: concurrency, ...tls })
const body = JSON.stringify({ metadata: { annotations: { 'ecr-anywhere.centml.ai/marked_for_update_at': new Date().toISOString() } } })
const headers = {
  'content-type': 'application/merge-patch+json',
  'content-length': Buffer.byteLength(body),
  accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
}

function touch(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = https.request(`${values.server}${path}`, { method: 'PATCH', agent, headers }, answer => {
      answer.resume().on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`HTTP ${answer.statusCode}`))))
    })
    request.on('error', reject)
    request.end(body)
  })
}

const left = names.values()
await Promise.all(
  Array.from({ length: concurrency }, async () => {
    for (const path of left) await touch(path)
  }),
)
agent.destroy()
