import type { DebianPackage } from './base-lock.ts'

/** Where a package is looked for, in this order: a mirror of Debian, which has only its newest version, and the archive of all versions. */
export function urlsOf({ archive, path }: Pick<DebianPackage, 'archive' | 'path'>, mirror: string | undefined, snapshot: string): string[] {
  const file = path.replaceAll('+', '%2b')
  // A mirror is named by its archive `debian`; the others are beside it.
  const beside = mirror?.replace(/\/+$/, '').replace(/\/debian$/, '')
  return [
    ...(beside === undefined ? [] : [`${beside}/${archive}/${file}`]),
    `https://snapshot.debian.org/archive/${archive}/${snapshot}/${file}`,
  ]
}

/** The first mirror of Debian among what `apt-get indextargets --format '$(SITE)'` prints; undefined on Ubuntu, for example. */
export function mirrorIn(sites: string): string | undefined {
  return sites.split('\n').find(site => /\/debian\/?$/.test(site))
}
