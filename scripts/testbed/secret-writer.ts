import type { KubeAnswer, KubeRequest, KubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import { secretsPath } from './api-user.ts'

export interface WrittenSecret {
  type: string
  metadata: { namespace: string; name: string; labels?: Record<string, string>; annotations?: Record<string, string> }
  [field: string]: unknown
}

/** An answer, and its message if it is an error. */
export interface Said extends KubeAnswer {
  message: string
}

export interface SecretWriter {
  create: (secret: WrittenSecret, query?: string) => Promise<Said>
  /** Writes by server-side apply: one PATCH, which may also create. */
  apply: (secret: WrittenSecret, query?: string) => Promise<Said>
  /** Writes by a merge patch. */
  patch: (namespace: string, name: string, change: object, query?: string) => Promise<Said>
  get: (namespace: string, name: string) => Promise<Said>
  names: (namespace: string) => Promise<string[]>
  /** All answers. */
  answers: string[]
}

/** Writes Secrets as one user with one request for each write, and records the answers. A `query` begins with `&`. */
export function secretWriter({ request }: KubeTransport): SecretWriter {
  const answers: string[] = []
  async function send(asked: KubeRequest): Promise<Said> {
    const answer = await request(asked)
    answers.push(JSON.stringify(answer))
    return { ...answer, message: (answer.body as { message?: string }).message ?? '' }
  }
  const get = (namespace: string, name: string) => send({ method: 'GET', path: secretsPath(namespace, name) })
  return {
    create: (secret, query = '') => {
      const { namespace } = secret.metadata
      return send({ method: 'POST', path: `${secretsPath(namespace)}?${query}`, body: JSON.stringify(secret) })
    },
    apply: (secret, query = '') => {
      const { namespace, name } = secret.metadata
      const path = `${secretsPath(namespace, name)}?fieldManager=test&force=true${query}`
      return send({ method: 'PATCH', path, contentType: 'application/apply-patch+yaml', body: JSON.stringify(secret) })
    },
    patch: (namespace, name, change, query = '') => {
      const path = `${secretsPath(namespace, name)}?${query}`
      return send({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body: JSON.stringify(change) })
    },
    get,
    names: async namespace => {
      const { body } = await send({ method: 'GET', path: secretsPath(namespace) })
      return (body as { items: WrittenSecret[] }).items.map(({ metadata }) => metadata.name)
    },
    answers,
  }
}
