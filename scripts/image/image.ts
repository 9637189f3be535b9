import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { version } from '@ecr-anywhere/shared/version.ts'
import { bundle, bundleDir } from '../bundle/bundle.ts'
import { writeImage } from './archive.ts'
import { imageConfig } from './image-config.ts'
import { makeLocalBase } from './local-base.ts'
import { sbom } from './sbom.ts'

/** Never pulled from there: the name by which a node finds an image that was imported. */
export const imageRegistry = 'localhost'
export const imageRepository = 'ecr-anywhere'
export const imageName = `${imageRegistry}/${imageRepository}:${version}`
/** A docker-archive: `docker load --input`, `ctr images import`, `skopeo copy docker-archive:…`. */
export const imageFile = resolve(import.meta.dirname, '../../.cache/image/ecr-anywhere.tar')
/** In the image it is `/app/sbom.cdx.json`. */
export const sbomFile = join(bundleDir, 'sbom.cdx.json')

/** Makes what goes onto any base: the bundle, and its bill of materials beside it. */
export async function makeContent(): Promise<void> {
  await bundle()
  await writeFile(sbomFile, await sbom())
}

/** Puts what `makeContent` made onto this machine's node. The same commit and machine give the same bytes. */
export async function makeLocalImage(): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'ecr-anywhere-root-'))
  try {
    await makeLocalBase(root)
    await mkdir(join(root, 'app'))
    await cp(bundleDir, join(root, 'app'), { recursive: true })
    await writeImage({ name: imageName, root, config: await imageConfig(version), file: imageFile })
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}
