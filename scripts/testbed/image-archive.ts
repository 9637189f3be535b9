import { bundle } from '../bundle/bundle.ts'
import { imageFile, makeLocalImage } from '../image/image.ts'

/** The image as an archive: the one that the suite has made for all of its files (`TEST_IMAGE`), or else a new one. @returns its path */
export async function imageArchive(): Promise<string> {
  const made = process.env.TEST_IMAGE
  if (made) return made
  await makeLocalImage(await bundle())
  return imageFile
}
