import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { version } from '@ecr-anywhere/shared/version.ts'
import { bundle } from '../bundle/bundle.ts'
import { type Archive, makeArchives } from '../executable/archives.ts'
import { krewManifest, pluginName } from '../executable/krew-manifest.ts'
import { architectures } from '../image/base-lock.ts'
import { billOfMaterials, makeImageIndex } from '../image/image.ts'
import { labels } from '../image/image-config.ts'
import type { ImageIndex } from '../image/oci-layout.ts'
import type { Destination } from './destination.ts'
import { writeChartIndex, writeChecksums } from './files.ts'
import { packChart } from './pack-chart.ts'
import { pushChart, pushImage } from './push.ts'
import { type Signing, sign } from './sign.ts'

/** The folder of the files of a release, which git ignores. */
export const releaseDir = resolve(import.meta.dirname, '../../.cache/release')

export interface Release {
  image: ImageIndex
  /** the executables */
  archives: readonly Archive[]
  /** the references by digest, with which they are pulled and verified */
  references: { image: string; chart: string }
}

export interface ReleaseOptions {
  to: Destination
  signing: Signing | undefined
  /** the address at which the files will be published, for the manifest of krew */
  filesUrl: string
}

/**
 * Creates the image, packs the chart with its digest, makes the executables, and writes the files. Then it pushes the image and after it the chart, and signs
 * both. A failed release can be repeated, because the same commit results in the same digests.
 */
export async function release({ to, signing, filesUrl }: ReleaseOptions): Promise<Release> {
  await rm(releaseDir, { recursive: true, force: true })
  await mkdir(releaseDir, { recursive: true })
  const created = new Date((await labels(version))['org.opencontainers.image.created'] || 0)
  const bundled = await bundle()
  const image = await makeImageIndex(bundled)
  const chart = await packChart({ version, to, digest: image.digest, created, dir: releaseDir })
  await writeChartIndex(chart, releaseDir, created)
  for (const architecture of architectures)
    await writeFile(join(releaseDir, `sbom-${architecture}.cdx.json`), await billOfMaterials(architecture, bundled))
  const archives = await makeArchives()
  for (const { path } of archives) await copyFile(path, join(releaseDir, basename(path)))
  const named = archives.map(({ path, ...archive }) => ({ ...archive, file: basename(path) }))
  await writeFile(join(releaseDir, `${pluginName}.yaml`), krewManifest({ version, filesUrl, archives: named }))
  const checksums = await writeChecksums(releaseDir)

  await pushImage(image.dir, version, to)
  const chartDigest = await pushChart(chart, to)
  const references = { image: `${to.image}@${image.digest}`, chart: `${to.charts}/ecr-anywhere@${chartDigest}` }
  if (signing !== undefined) await sign(signing, Object.values(references), checksums)
  return { image, archives, references }
}
