import type { DebianPackage } from './base-lock.ts'

/** The URLs of a package, in this order: a mirror of Debian, which has only the newest version, and the archive of all versions. */
export function urlsOf({ archive, path }: Pick<DebianPackage, 'archive' | 'path'>, mirror: string | undefined, snapshot: string): string[] {
  const file = path.replaceAll('+', '%2b')
  // The URL of a mirror is that of its archive `debian`. Other archives have sibling URLs.
  const beside = mirror?.replace(/\/+$/, '').replace(/\/debian$/, '')
  return [
    ...(beside === undefined ? [] : [`${beside}/${archive}/${file}`]),
    `https://snapshot.debian.org/archive/${archive}/${snapshot}/${file}`,
  ]
}

/** @returns the first mirror of Debian in the output of `apt-get indextargets --format '$(SITE)'`, or undefined, for example on Ubuntu */
export function mirrorIn(sites: string): string | undefined {
  return sites.split('\n').find(site => /\/debian\/?$/.test(site))
}
