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

/** An image for one architecture, before it is written as a registry layout or as an archive. */
export interface BuiltImage {
  architecture: Architecture
  layers: Layer[]
  /** the config file, whose digest is the ID of the image */
  content: string
}

export interface ImageParts {
  architecture: Architecture
  /** the folders that become `/`, one layer each */
  roots: string[]
  config: ImageConfig
  /** the directory for the layers */
  work: string
}

/** Creates the layers of an image. The same files result in the same bytes. */
export async function buildImage({ architecture, roots, config, work }: ImageParts): Promise<BuiltImage> {
  const layers = await Promise.all(roots.map((root, index) => makeLayer(join(work, `layer-${index}.tar`), root)))
  const created = config.Labels?.['org.opencontainers.image.created']
  const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) }
  return { architecture, layers, content: JSON.stringify({ ...(created && { created }), architecture, os: 'linux', config, rootfs }) }
}
