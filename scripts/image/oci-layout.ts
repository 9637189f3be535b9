import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Architecture } from './base-lock.ts'
import type { BuiltImage } from './built-image.ts'

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
interface Descriptor {
  mediaType: string
  digest: string
  size: number
  annotations?: Record<string, string>
  platform?: { architecture: string; os: string }
}

export interface Layout {
  /** the folder of the layout; its previous content is removed */
  dir: string
  tag: string
  /** the annotations of the index */
  annotations: Record<string, string>
}

/** The content of a layout. */
export interface ImageIndex {
  dir: string
  /** the digest of the index of all architectures, which a chart pins */
  digest: string
  images: ImageSize[]
}

export interface ImageSize {
  architecture: Architecture
  digest: string
  /** the size of all files, as unpacked on a node */
  bytes: number
  /** the size that a node pulls */
  compressedBytes: number
}

const mediaType = (kind: string) => `application/vnd.oci.image.${kind}`

/** Writes images of all architectures in the layout of a registry. https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
export async function writeLayout(images: readonly BuiltImage[], { dir, tag, annotations }: Layout): Promise<ImageIndex> {
  const blobs = join(dir, 'blobs', 'sha256')
  await rm(dir, { recursive: true, force: true })
  await mkdir(blobs, { recursive: true })
  const made = await Promise.all(images.map(image => writeManifest(blobs, image)))
  const manifests = made.map(({ manifest }) => manifest)
  const index = { schemaVersion: 2, mediaType: mediaType('index.v1+json'), manifests, annotations }
  const top = await writeJson(blobs, index.mediaType, index)
  const named = { ...top, annotations: { 'org.opencontainers.image.ref.name': tag } }
  await writeFile(join(dir, 'index.json'), JSON.stringify({ schemaVersion: 2, mediaType: index.mediaType, manifests: [named] }))
  await writeFile(join(dir, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  return { dir, digest: top.digest, images: made.map(({ size }) => size) }
}

async function writeManifest(blobs: string, { architecture, layers, content }: BuiltImage) {
  const packed = await Promise.all(layers.map(({ tar }) => writeGzip(blobs, tar)))
  const config = await writeBlob(blobs, mediaType('config.v1+json'), content)
  const manifest = { schemaVersion: 2, mediaType: mediaType('manifest.v1+json'), config, layers: packed }
  const descriptor: Descriptor = await writeJson(blobs, manifest.mediaType, manifest)
  const bytes = sum(await Promise.all(layers.map(async ({ tar }) => (await stat(tar)).size)))
  const size: ImageSize = { architecture, digest: descriptor.digest, bytes, compressedBytes: sum(packed.map(({ size }) => size)) }
  return { manifest: { ...descriptor, platform: { architecture, os: 'linux' } }, size }
}

/** Compresses a layer. zlib writes no name and no time into the header, so the same layer results in the same bytes. */
async function writeGzip(blobs: string, tar: string): Promise<Descriptor> {
  const half = join(blobs, `${basename(dirname(tar))}-${basename(tar)}.half`)
  const hash = createHash('sha256')
  await pipeline(
    createReadStream(tar),
    createGzip(),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        yield chunk
      }
    },
    createWriteStream(half),
  )
  const { size } = await stat(half)
  const digest = hash.digest('hex')
  await rename(half, join(blobs, digest))
  return { mediaType: mediaType('layer.v1.tar+gzip'), digest: `sha256:${digest}`, size }
}

async function writeJson(blobs: string, mediaType: string, content: unknown): Promise<Descriptor> {
  return await writeBlob(blobs, mediaType, JSON.stringify(content))
}

async function writeBlob(blobs: string, mediaType: string, content: string): Promise<Descriptor> {
  const digest = createHash('sha256').update(content).digest('hex')
  await writeFile(join(blobs, digest), content)
  return { mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(content) }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
