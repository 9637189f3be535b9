import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An image: its repository, tag, and platforms (`os/architecture`). With one platform there is no index, as after a plain build. */
export interface StoredImage {
  repository: string
  tag: string
  platforms: string[]
}

export interface ImageStore {
  /** What the emulator of AWS is given as `upstream`. */
  url: string
  stop: () => void
}

interface Blob {
  type: string
  body: string
}

const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
}

/** Manifests and configurations of images over plain HTTP, with ECR's answers for what is missing. Layers are not kept. */
export async function startImageStore(images: readonly StoredImage[]): Promise<ImageStore> {
  const blobs = new Map<string, Blob>()
  for (const { repository, tag, platforms } of images) {
    const manifests = platforms.map(platform => manifestOf(blobs, repository, platform))
    const [only] = manifests
    const index = { type: types.index, body: JSON.stringify({ schemaVersion: 2, mediaType: types.index, manifests }) }
    const top = manifests.length === 1 && only !== undefined ? blobs.get(`${repository}/manifests/${only.digest}`) : index
    blobs.set(`${repository}/manifests/${tag}`, top ?? index)
  }
  const server = createServer(({ url = '' }, response) => {
    const [, repository = '', kind = '', reference = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? []
    const blob = blobs.get(`${repository}/${kind}/${reference}`)
    if (url === '/v2/') return response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    if (blob !== undefined) return response.writeHead(200, { 'content-type': blob.type }).end(blob.body)
    const isKnown = images.some(image => image.repository === repository)
    response
      .writeHead(404, { 'content-type': 'application/json' })
      .end(JSON.stringify({ errors: [isKnown ? noImage : noRepository(repository)] }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const noImage = { code: 'MANIFEST_UNKNOWN', message: 'Requested image not found' }

function noRepository(name: string) {
  return { code: 'NAME_UNKNOWN', message: `The repository with name '${name}' does not exist in the registry with id '123456789012'` }
}

function manifestOf(blobs: Map<string, Blob>, repository: string, platform: string) {
  const [os, architecture] = platform.split('/')
  const config = { type: types.config, body: JSON.stringify({ os, architecture, rootfs: { type: 'layers', diff_ids: [] } }) }
  blobs.set(`${repository}/blobs/${digestOf(config)}`, config)
  const descriptor = { mediaType: types.config, digest: digestOf(config), size: config.body.length }
  const body = JSON.stringify({ schemaVersion: 2, mediaType: types.manifest, config: descriptor, layers: [] })
  const manifest = { type: types.manifest, body }
  blobs.set(`${repository}/manifests/${digestOf(manifest)}`, manifest)
  return { mediaType: types.manifest, digest: digestOf(manifest), size: body.length, platform: { os, architecture } }
}

function digestOf({ body }: Blob): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}
