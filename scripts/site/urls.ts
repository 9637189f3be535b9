import { posix } from 'node:path'
import { resolved } from '../docs/markdown.ts'
import { sitePages } from './navigation.ts'

/** Where files that are not on the website are shown. */
const repository = 'https://github.com/CentML/ecr-anywhere'

/** Pages that are not in the folder `docs`. */
const elsewhere: Record<string, string> = {
  'deploy/chart/README.md': 'reference/values.html',
  'deploy/terraform/README.md': 'identity/terraform.html',
  'CHANGELOG.md': 'reference/changelog.html',
}

const sources = new Set(sitePages.map(({ source }) => source))

/**
 * Where a file of the repository is on the website, from its root. All links are relative and name a file, so that the website works in any
 * folder of a web server, and without one.
 *
 * @returns undefined if it is not on the website
 */
export function siteFile(path: string): string | undefined {
  if (path.startsWith('docs/images/')) return path.replace(/^docs\//, '')
  if (!sources.has(path)) return undefined
  return (
    elsewhere[path] ??
    path
      .replace(/^docs\//, '')
      .replace(/README\.md$/, 'index.html')
      .replace(/\.md$/, '.html')
  )
}

/** The target of a link as it is written on the page `source`, for the website. */
export function siteLink(source: string, target: string): string {
  const to = resolved(source, target)
  if (to === undefined || target.startsWith('#')) return target
  const fragment = to.anchor === '' ? '' : `#${to.anchor}`
  const file = siteFile(to.path)
  if (file === undefined) return `${repository}/blob/main/${to.path}${fragment}`
  return `${relativeTo(source, file)}${fragment}`
}

/** The link from a page to a file of the website. */
export function relativeTo(source: string, file: string): string {
  return posix.relative(posix.dirname(siteFile(source) ?? ''), file)
}
