import * as z from 'zod'

/** `os/architecture`, such as `linux/amd64`. */
export type Platform = string

const platform = z.object({ os: z.string(), architecture: z.string() })
const index = z.object({ manifests: z.array(z.object({ platform: platform.optional() })) })
const single = z.object({ config: z.object({ digest: z.string() }) })

/** The media types of manifests that the kubelet's runtimes accept. */
export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

/** What a manifest says of its platforms: their list, or the blob that names the only one. */
export type ManifestPlatforms = { platforms: Platform[] } | { configDigest: string } | undefined

export function platformsIn(manifest: unknown): ManifestPlatforms {
  const list = index.safeParse(manifest)
  if (list.success) {
    const known = list.data.manifests.flatMap(one => (one.platform === undefined ? [] : platformText(one.platform)))
    // Builders add attestations under the platform unknown/unknown.
    return { platforms: [...new Set(known)].filter(text => text !== 'unknown/unknown') }
  }
  const one = single.safeParse(manifest)
  return one.success ? { configDigest: one.data.config.digest } : undefined
}

/** The platform in the configuration of an image. */
export function platformOfConfig(config: unknown): Platform | undefined {
  const read = platform.safeParse(config)
  return read.success ? platformText(read.data) : undefined
}

function platformText({ os, architecture }: z.output<typeof platform>): Platform {
  return `${os}/${architecture}`
}
