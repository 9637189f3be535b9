import { anchorsOf, linksOf, resolved } from './markdown.ts'

/**
 * The links of pages that lead to no file of the repository, or to no heading of its page. Links to other sites are not followed.
 *
 * @param pages the Markdown by the path from the root of the repository
 * @param exists whether there is a file or folder with this path
 */
export function brokenLinks(pages: ReadonlyMap<string, string>, exists: (path: string) => boolean): string[] {
  return [...pages].flatMap(([page, text]) =>
    linksOf(text).flatMap(link => (isBroken(page, link.target) ? [`${page}:${link.line}: ${link.target}`] : [])),
  )

  function isBroken(page: string, target: string): boolean {
    const to = resolved(page, target)
    if (to === undefined) return false
    if (!exists(to.path)) return true
    return to.anchor !== '' && !anchorsOf(pages.get(to.path) ?? '').has(to.anchor)
  }
}
