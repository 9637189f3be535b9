import type { ImageSize } from './oci-layout.ts'

/** A line for each architecture with the size that a node pulls and unpacks. */
export function sizes(images: readonly ImageSize[]): string[] {
  return images.map(
    ({ architecture, digest, bytes, compressedBytes }) =>
      `linux/${architecture}: ${megabytes(bytes)} MB, ${megabytes(compressedBytes)} MB compressed, ${digest}`,
  )
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
