import { type AppliedObject, type Kubernetes, kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { pathOf } from '@ecr-anywhere/shared/kube/path.ts'
import type { KubeRequest } from '@ecr-anywhere/shared/kube/transport.ts'

type Stored = Record<string, unknown> & { metadata: Record<string, unknown> }

/** The part of an API server that `certs` uses: objects by path, whose fields an apply replaces. */
export function storedObjects(...initial: AppliedObject[]): { api: Kubernetes; objects: Map<string, Stored>; applied: string[] } {
  const objects = new Map<string, Stored>()
  const applied: string[] = []

  function store(path: string, object: AppliedObject): void {
    const old = objects.get(path)
    const metadata = { uid: `uid of ${object.metadata.name}`, ...old?.metadata, ...object.metadata }
    const spec = object.spec === undefined ? {} : { spec: { ...(old?.spec as object | undefined), ...object.spec } }
    objects.set(path, { ...old, ...object, ...spec, metadata })
  }

  for (const object of initial) store(pathOf({ ...object, ...object.metadata }), object)
  async function request({ method, path, body = '' }: KubeRequest) {
    const { pathname, searchParams } = new URL(path, 'https://api.server')
    if (method === 'PATCH') {
      store(pathname, JSON.parse(body))
      applied.push(`${searchParams.get('fieldManager')} ${pathname.split('/').at(-1)}`)
    }
    const found = objects.get(pathname)
    return { status: found === undefined ? 404 : 200, body: found, warnings: [], retryAfterSeconds: undefined }
  }
  return { api: kubernetes({ request }), objects, applied }
}
