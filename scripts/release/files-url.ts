import { source } from '../image/image-config.ts'

/**
 * Reads FILES_URL: where the files of a release will be published. By default, they are attached to the release of the tag on GitHub.
 *
 * @throws with what was found, what is expected and what to do
 */
export function readFilesUrl(given: string | undefined, version: string): string {
  if (!given) return `${source}/releases/download/v${version}`
  if (URL.parse(given)?.protocol === 'https:') return given
  throw new Error(
    `found FILES_URL=${given}; wanted the https address of the folder with the files of the release. Correct it, or leave it out for the release on GitHub.`,
  )
}
