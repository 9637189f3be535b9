import { join } from 'node:path'
import type { Architecture } from './base-lock.ts'
import { type Layer, makeLayer } from './layer.ts'

/** https://github.com/opencontainers/image-spec/blob/main/config.md */
export interface ImageConfig {
  Entrypoint: string[]
  Env?: string[]
  User?: string
  WorkingDir?: string
  Labels?: Record<string, string>
}

/** An image for one architecture, before it is written in the form of a registry or of an archive. */
export interface BuiltImage {
  architecture: Architecture
  layers: Layer[]
  /** the file that the image's ID is the digest of */
  content: string
}

export interface ImageParts {
  architecture: Architecture
  /** the folders that become `/`, a layer each */
  roots: string[]
  config: ImageConfig
  /** where the layers are put */
  work: string
}

/** Makes the layers of an image. The same files give the same bytes. */
export async function buildImage({ architecture, roots, config, work }: ImageParts): Promise<BuiltImage> {
  const layers = await Promise.all(roots.map((root, index) => makeLayer(join(work, `layer-${index}.tar`), root)))
  const created = config.Labels?.['org.opencontainers.image.created']
  const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) }
  return { architecture, layers, content: JSON.stringify({ ...(created && { created }), architecture, os: 'linux', config, rootfs }) }
}
