import { secretsPath } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { ownRegistry } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import type { KubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'

interface Secret {
  metadata: { name: string; annotations?: Record<string, string> }
  data: Record<string, string>
}

const key = '.dockerconfigjson'
const decode = (text = '') => Buffer.from(text, 'base64').toString()
const encode = (text: string) => Buffer.from(text).toString('base64')

/**
 * Writes the number of an edit into a Secret, as a user does, in one of three ways: an annotation, a data key (both by merge patch), or one
 * more registry in the docker config, which is read and written back as `kubectl edit` does.
 *
 * @returns the number of conflicts
 */
export async function edit(
  client: KubeTransport,
  { namespace, name, at }: { namespace: string; name: string; at: number },
): Promise<number> {
  const path = secretsPath(namespace, name)
  if (at % 3 === 0) return patch(client, path, { metadata: { annotations: { [`user-${at}`]: 'was here' } } })
  if (at % 3 === 1) return patch(client, path, { data: { [`user-${at}`]: encode('was here') } })
  for (let conflicts = 0; ; conflicts += 1) {
    const { body } = await client.request({ method: 'GET', path })
    const secret = body as Secret & { metadata: { resourceVersion: string } }
    const config = JSON.parse(decode(secret.data[key]))
    config.auths[`user-${at}.example`] = { auth: encode('user:hunter2') }
    // With a resourceVersion, a merge patch is rejected in the same cases as a PUT.
    const change = { metadata: { resourceVersion: secret.metadata.resourceVersion }, data: { [key]: encode(JSON.stringify(config)) } }
    const { status } = await send(client, path, change)
    if (status === 200) return conflicts
    if (status !== 409) throw new Error(`the edit of ${name} was answered with ${status}`)
  }
}

/** Sends a merge patch, and repeats it as a user of kubectl would if the API server gives up after some conflicts. */
async function patch(client: KubeTransport, path: string, change: object): Promise<number> {
  for (let conflicts = 0; ; conflicts += 1) {
    const { status } = await send(client, path, change)
    if (status === 200) return conflicts
    if (status !== 409) throw new Error(`${path} was answered with ${status}`)
  }
}

function send({ request }: KubeTransport, path: string, change: object) {
  return request({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body: JSON.stringify(change) })
}

/** @returns the numbers of the stored edits, and by Secret the user name of the login for our registry */
export async function editsIn({ request }: KubeTransport, namespace: string) {
  const { body } = await request({ method: 'GET', path: secretsPath(namespace) })
  const { items } = body as { items: Secret[] }
  const edits: number[] = []
  const logins: Record<string, string[]> = {}
  for (const { metadata, data } of items) {
    const { auths } = JSON.parse(decode(data[key]))
    const keys = [...Object.keys(metadata.annotations ?? {}), ...Object.keys(data), ...Object.keys(auths)]
    edits.push(...keys.flatMap(one => /^user-(\d+)/.exec(one)?.[1] ?? []).map(Number))
    logins[metadata.name] = [auths[ownRegistry]?.username, ...Object.keys(auths).filter(host => host.includes('.dkr.ecr.'))]
  }
  return { edits: edits.sort((a, b) => a - b), logins }
}
