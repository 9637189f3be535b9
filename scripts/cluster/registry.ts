import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Role, User } from '../aws/principals.ts'
import type { Node } from './node.ts'
import { lastLines, type Outcome } from './run.ts'

const upstream = 'http://127.0.0.1:5000'
const emulatorPort = 4566
const emulatorMain = resolve(import.meta.dirname, '../aws/main.ts')

export interface RegistryOptions {
  /** the users and roles of AWS */
  principals: { users: User[]; roles?: Role[] }
  /** the registries whose images containerd pulls from here: `123456789012.dkr.ecr.us-east-1.amazonaws.com`, … */
  hosts: string[]
}

export interface Registry {
  /** AWS_ENDPOINT_URL for pods and for the node: the APIs of AWS, `/v2/` of every registry, and `/_emulator/` */
  url: string
  /** puts an image into the registry without a login; `name` is the image name of a pod, with or without the host */
  push(archive: string, name: string): Promise<void>
  /** calls the emulator (`PUT /_emulator/faults`, …) from inside the network of the node. @returns the body of the answer */
  control(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<string>
}

/**
 * Starts AWS in the network of a node: the emulator, and the registry of Debian behind its `/v2/`, which accepts only passwords of ECR.
 * containerd uses it for the given ECR hosts. Both end with the node.
 */
export async function startRegistry(node: Node, { principals, hosts }: RegistryOptions): Promise<Registry> {
  const url = `http://${node.ip}:${emulatorPort}`
  const config = join(node.dir, 'registry.json')
  await writeFile(config, registryConfig(join(node.dir, 'registry')))
  const principalsFile = join(node.dir, 'principals.json')
  await writeFile(principalsFile, JSON.stringify(principals), { mode: 0o600 })
  for (const host of hosts) await writeHosts(node.certsDir, host, url)

  node.start({ name: 'registry', file: 'docker-registry', args: ['serve', config] })
  const options = [`--host=${node.ip}`, `--port=${emulatorPort}`, `--upstream=${upstream}`, `--principals=${principalsFile}`]
  node.start({ name: 'aws', file: process.execPath, args: [emulatorMain, ...options] })
  await node.until('registry', async () => (await ask(node, 'GET', `${upstream}/v2/`)).code === 0)
  await node.until('aws', async () => (await ask(node, 'GET', `${url}/_emulator/calls`)).code === 0)
  return {
    url,
    push: async (archive, name) => {
      const [, path = name] = /^[^/]*\.[^/]*\/(.+)$/.exec(name) ?? []
      const to = `docker://${upstream.replace('http://', '')}/${path}`
      const { code, stderr } = await node.exec('skopeo', ['copy', '--dest-tls-verify=false', `docker-archive:${archive}`, to])
      if (code !== 0) throw new Error(`skopeo could not push ${archive} as ${name}:\n${lastLines(stderr)}`)
    },
    control: async (method, path, body) => {
      const { code, stdout, stderr } = await ask(node, method, url + path, body)
      if (code !== 0) throw new Error(`${method} ${url}${path} failed:\n${lastLines(stdout || stderr)}`)
      return stdout
    },
  }
}

// An address in the network of the node cannot be reached from outside, so a program inside sends the request.
const asking = `const [url, method, body] = process.argv.slice(1)
const answer = await fetch(url, { method, body })
process.stdout.write(await answer.text())
process.exitCode = answer.ok ? 0 : 1`

function ask(node: Node, method: string, url: string, body?: unknown): Promise<Outcome> {
  const given = body === undefined ? [] : [JSON.stringify(body)]
  return node.exec(process.execPath, ['--input-type=module', '--eval', asking, url, method, ...given])
}

/** The configuration in JSON, which is also YAML: https://distribution.github.io/distribution/about/configuration/ */
function registryConfig(rootdirectory: string): string {
  return JSON.stringify({
    version: 0.1,
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory } },
    // The registry requires a secret and signs the state of uploads with it.
    http: { addr: upstream.replace('http://', ''), secret: randomUUID() },
  })
}

/** containerd sends the called address as Host, so it needs the header. https://github.com/containerd/containerd/blob/main/docs/hosts.md */
async function writeHosts(certsDir: string, host: string, url: string): Promise<void> {
  await mkdir(join(certsDir, host), { recursive: true })
  const content = `server = "${url}"
[host."${url}"]
  capabilities = ["pull", "resolve"]
  [host."${url}".header]
    X-Forwarded-Host = "${host}"
`
  await writeFile(join(certsDir, host, 'hosts.toml'), content)
}
