import { version } from '@ecr-anywhere/shared/version.ts'
import { pluginName } from '../executable/krew-manifest.ts'
import { sizes } from '../image/sizes.ts'
import { parseDestination } from './destination.ts'
import { readFilesUrl } from './files-url.ts'
import { release, releaseDir } from './release.ts'
import { readSigning } from './sign.ts'

/** `make release REGISTRY=host/path [KEY=cosign.key] [FILES_URL=https://…]`: pushes the image and the chart of this commit. */
try {
  const to = parseDestination(process.env.REGISTRY)
  const signing = await readSigning(process.env)
  const filesUrl = readFilesUrl(process.env.FILES_URL, version)
  const { image, archives, references } = await release({ to, signing, filesUrl })
  console.log(`image: ${references.image}`)
  for (const line of sizes(image.images)) console.log(`  ${line}`)
  console.log(`chart: ${references.chart}`)
  for (const { architecture, bytes } of archives)
    console.log(`executable: linux/${architecture}, ${(bytes / 1e6).toFixed(1)} MB compressed`)
  console.log(`krew: ${pluginName}.yaml, for archives at ${filesUrl}`)
  console.log(`files: ${releaseDir}`)
  console.log(signing === undefined ? 'not signed, because KEY is not set' : 'signed')
  console.log(`install: helm upgrade --install ecr-anywhere oci://${to.charts}/ecr-anywhere --version ${version}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
