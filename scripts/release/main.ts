import { version } from '@ecr-anywhere/shared/version.ts'
import { sizes } from '../image/sizes.ts'
import { parseDestination } from './destination.ts'
import { release, releaseDir } from './release.ts'
import { readSigning } from './sign.ts'

/** `make release REGISTRY=host/path [KEY=cosign.key]`: pushes the image and the chart of this commit. */
try {
  const to = parseDestination(process.env.REGISTRY)
  const signing = await readSigning(process.env)
  const { image, references } = await release(to, signing)
  console.log(`image: ${references.image}`)
  for (const line of sizes(image.images)) console.log(`  ${line}`)
  console.log(`chart: ${references.chart}`)
  console.log(`files: ${releaseDir}`)
  console.log(signing === undefined ? 'not signed, because KEY is not set' : 'signed')
  console.log(`install: helm upgrade --install ecr-anywhere oci://${to.charts}/ecr-anywhere --version ${version}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
