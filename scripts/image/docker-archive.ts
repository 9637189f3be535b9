import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { ownArchitecture } from './base-lock.ts'
import { type BuiltImage, buildImage, type ImageConfig } from './built-image.ts'
import { writeTar } from './layer.ts'

export interface Image {
  /** `NAME:TAG` */
  name: string
  /** the folders that become `/`, one layer each */
  roots: string[]
  config: ImageConfig
  /** the file of the archive */
  file: string
}

/** Creates an image for this machine as a docker-archive, which `docker load`, `ctr images import` and `skopeo copy` can read. */
export async function writeImage({ name, roots, config, file }: Image): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'ecr-anywhere-image-'))
  try {
    await writeDockerArchive(await buildImage({ architecture: ownArchitecture(), roots, config, work }), { name, file })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function writeDockerArchive({ layers, content }: BuiltImage, { name, file }: Pick<Image, 'name' | 'file'>): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const work = await mkdtemp(join(tmpdir(), 'ecr-anywhere-archive-'))
  try {
    for (const { tar } of layers) await cp(tar, join(work, basename(tar)))
    const configName = `${createHash('sha256').update(content).digest('hex')}.json`
    await writeFile(join(work, configName), content)
    const manifest = { Config: configName, RepoTags: [name], Layers: layers.map(({ tar }) => basename(tar)) }
    await writeFile(join(work, 'manifest.json'), JSON.stringify([manifest]))
    await writeTar(`${file}.half`, work)
    await rename(`${file}.half`, file)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
