import { once } from 'node:events'
import { open, rm, writeFile } from 'node:fs/promises'
import https from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { bundle, commandName } from '../bundle/bundle.ts'
import { nodeFlags } from '../bundle/node-flags.ts'
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts'
import { freePorts } from '../cluster/ports.ts'
import { registration } from '../testbed/registration.ts'
import { must, ownRegistry, startTestbed, type Testbed } from '../testbed/testbed.ts'
import { started } from './processes.ts'
import { review } from './review.ts'

/** The namespaces for our webhook, for the bare one and for no webhook. */
export const namespaces = { ours: 'bench-ours', bare: 'bench-bare', none: 'bench-none' } as const

export interface Bed {
  cluster: ControlPlane
  bed: Testbed
  /** An open file for the logs of the webhooks. */
  logFile: number
  /** The arguments of Node: the bundle, with the flags of the image. */
  program: readonly string[]
  bare: { url: string; pid: number }
  /** A review of a create in the form in which the API server sends it. */
  body: string
  stop: () => Promise<void>
}

/** The test environment of the bench: a control plane, our webhook from the bundle, and the bare webhook. */
export async function startBed(): Promise<Bed> {
  const { dir } = await bundle()
  const program = [...nodeFlags, join(dir, commandName)]
  const cluster = await startControlPlane()
  // A file, as with kubelet. This process would have to read a pipe while it creates the load.
  const logPath = join(tmpdir(), `ecr-anywhere-bench-${process.pid}.log`)
  const log = await open(logPath, 'w')
  const bed = await startTestbed({ cluster, id: 'bench', program, logFile: log.fd, env: { LOG_LEVEL: 'info' } })
  for (const name of Object.values(namespaces)) await bed.namespace(name, name === namespaces.ours ? 'enabled' : name)

  const body = JSON.stringify(review(namespaces.ours))
  const answerFile = join(bed.dir, 'answer.json')
  await writeFile(answerFile, await post(`${bed.webhook().url}/inject/default`, body))
  const [port = 0] = await freePorts(1)
  const url = `https://127.0.0.1:${port}`
  const files = [join(bed.dir, 'tls.crt'), join(bed.dir, 'tls.key')]
  const child = started([...nodeFlags, join(import.meta.dirname, 'bare-webhook.ts'), String(port), ...files, answerFile])
  await untilAnswers(`${url}/readyz`)

  const object = registration({ name: 'bench-bare', url, tenant: 'default', namespaceValue: namespaces.bare })
  const [webhook] = object.webhooks
  const caBundle = await bed.caBundle()
  const registered = { ...object, webhooks: [{ ...webhook, clientConfig: { ...webhook?.clientConfig, caBundle } }] }
  await must(cluster.kubectl('apply', '-f', '-', { input: JSON.stringify(registered) }))
  return {
    cluster,
    bed,
    logFile: log.fd,
    program,
    bare: { url, pid: child.pid ?? 0 },
    body,
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      await bed.stop()
      await cluster.stop()
      await log.close()
      await rm(logPath)
    },
  }
}

export function post(url: string, body: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const options = { method: 'POST', rejectUnauthorized: false, headers: { 'content-type': 'application/json' } }
  const request = https.request(url, options, answer => {
    const parts: Buffer[] = []
    answer.on('data', part => parts.push(part))
    answer.on('end', () => resolve(Buffer.concat(parts).toString()))
  })
  request.on('error', reject)
  request.end(body)
  return promise
}

async function untilAnswers(url: string): Promise<void> {
  for (;;) {
    const answers = await new Promise<boolean>(resolve => {
      https.get(url, { rejectUnauthorized: false }, answer => resolve(answer.resume().statusCode === 200)).on('error', () => resolve(false))
    })
    if (answers) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** A managed Secret as in the review. It has the maps that the constant patch of the bare route needs. */
export function managedSecret(namespace: string, name: string) {
  const metadata = { namespace, name, labels: { [labels.managed]: 'true' }, annotations: { [annotations.registries]: ownRegistry } }
  return { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'e30=' } }
}
