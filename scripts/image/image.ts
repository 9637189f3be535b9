import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { version } from '@ecr-anywhere/shared/version.ts'
import type { Bundle } from '../bundle/bundle.ts'
import { type Architecture, architectures, ownArchitecture, readBaseLock } from './base-lock.ts'
import { makeBaseRoot } from './base-root.ts'
import { buildImage } from './built-image.ts'
import { bundledPackages } from './bundled-packages.ts'
import { writeImage } from './docker-archive.ts'
import { imageConfig, labels } from './image-config.ts'
import { writeLauncher } from './launcher.ts'
import { type ImageIndex, writeLayout } from './oci-layout.ts'
import { sbom } from './sbom.ts'

const made = resolve(import.meta.dirname, '../../.cache/image')

/** The registry in the name of an imported image, from which it is never pulled. */
export const imageRegistry = 'localhost'
export const imageRepository = 'ecr-anywhere'
export const imageName = `${imageRegistry}/${imageRepository}:${version}`
/** A docker-archive: `docker load --input`, `ctr images import`, `skopeo copy docker-archive:…`. */
export const imageFile = join(made, 'ecr-anywhere.tar')
/** An OCI image layout of all architectures: `oras cp --from-oci-layout`, `skopeo copy oci:…`. */
export const layoutDir = join(made, 'oci')

/** Creates an archive of the image for this machine. */
export async function makeLocalImage(bundle: Bundle, file = imageFile): Promise<void> {
  await inFolder(async work => {
    const roots = await makeRoots(work, ownArchitecture(), bundle)
    await writeImage({ name: imageName, roots, config: await imageConfig(version), file })
  })
}

/** Creates the image for all architectures. The same commit results in the same digest on every machine. */
export async function makeImageIndex(bundle: Bundle, dir = layoutDir): Promise<ImageIndex> {
  return await inFolder(async work => {
    const config = await imageConfig(version)
    const images = await Promise.all(
      architectures.map(async architecture => {
        const own = join(work, architecture)
        return await buildImage({ architecture, roots: await makeRoots(own, architecture, bundle), config, work: own })
      }),
    )
    return await writeLayout(images, { dir, tag: version, annotations: await labels(version) })
  })
}

/** Creates the two layers: Node with its dependencies, which change rarely, and the program. @returns their folders */
export async function makeRoots(work: string, architecture: Architecture, bundle: Bundle): Promise<string[]> {
  const [base, program] = [join(work, 'base'), join(work, 'program')]
  await mkdir(base, { recursive: true })
  await makeBaseRoot(base, architecture)
  await mkdir(program)
  await cp(bundle.dir, join(program, 'app'), { recursive: true })
  await writeLauncher(join(program, 'app'))
  await writeFile(join(program, 'app', 'sbom.cdx.json'), await billOfMaterials(architecture, bundle))
  return [base, program]
}

/** Creates the bill of materials of the image for one architecture, which is also in the image. */
export async function billOfMaterials(architecture: Architecture, { files }: Bundle): Promise<string> {
  return sbom({ architecture, lock: await readBaseLock(), packages: await bundledPackages(files) })
}

async function inFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-image-'))
  try {
    return await work(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
