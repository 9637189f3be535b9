import { bundle } from '../bundle/bundle.ts'
import { imageFile, imageName, makeImageIndex, makeLocalImage } from './image.ts'
import { sizes } from './sizes.ts'

/** `npm run image`: creates the image for all architectures, and an archive of the image for this machine. Nothing is pushed. */
const startedMs = performance.now()
try {
  const bundled = await bundle()
  const { dir, digest, images } = await makeImageIndex(bundled)
  await makeLocalImage(bundled)
  console.log(`${imageName} ${digest}, in ${((performance.now() - startedMs) / 1000).toFixed(0)} s`)
  for (const line of sizes(images)) console.log(line)
  console.log(`${dir} (OCI image layout)\n${imageFile} (for docker load)`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
