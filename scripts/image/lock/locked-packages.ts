import type { DebianPackage } from '../base-lock.ts'

/** `'http://…/debian/pool/…/libc6_2.41-12%2bdeb13u5_arm64.deb' libc6_2.41-12+deb13u5_arm64.deb 2488872 SHA256:0966…` */
const printed = /^'\S*?\/(debian|debian-security)\/(pool\/[^']+)' ([^_]+)_([^_]+)_\S+\.deb \d+ SHA256:([0-9a-f]{64})$/gm

/** Reads the output of `apt-get download --print-uris`, by name. File names have no epoch (`1:`), and none of these packages has one. */
export function lockedPackages(text: string): DebianPackage[] {
  return [...text.matchAll(printed)]
    .map(([, archive = '', path = '', name = '', version = '', sha256 = '']) => ({
      name,
      version: decodeURIComponent(version),
      archive: archive === 'debian' ? ('debian' as const) : ('debian-security' as const),
      path: decodeURIComponent(path),
      sha256,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
