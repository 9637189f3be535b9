import { headingsOf } from '../docs/markdown.ts'
import { navigation, type SitePage, sitePages } from './navigation.ts'
import { relativeTo, siteFile } from './urls.ts'

/** A link as the layout shows it. */
interface PageLink {
  title: string
  href: string
}

/** What the layout of a page needs, beside its text. */
export interface PageData {
  layout: 'page.liquid'
  permalink: string
  /** The path of the Markdown file from the root of the repository. */
  source: string
  title: string
  /** The path to the root of the website: empty, or `../`. */
  top: string
  sections: { title: string; isHere: boolean; pages: (PageLink & { isHere: boolean })[] }[]
  /** The headings of the second level. */
  contents: { text: string; anchor: string }[]
  previous: PageLink | undefined
  next: PageLink | undefined
}

/** @throws if the page is not in the navigation */
export function pageData(page: SitePage, text: string): PageData {
  const { source } = page
  const at = sitePages.indexOf(page)
  const permalink = siteFile(source)
  if (permalink === undefined) throw new Error(`found ${source}, which is not in the navigation`)
  const link = (to: SitePage): PageLink => ({ title: to.title, href: relativeTo(source, siteFile(to.source) ?? '') })
  const neighbour = (to: SitePage | undefined) => to && link(to)
  return {
    layout: 'page.liquid',
    permalink,
    source,
    title: headingsOf(text)[0]?.text ?? page.title,
    top: '../'.repeat(permalink.split('/').length - 1),
    sections: navigation.map(({ title, pages }) => ({
      title,
      isHere: pages.includes(page),
      pages: pages.map(one => ({ ...link(one), isHere: one === page })),
    })),
    contents: headingsOf(text).filter(({ level }) => level === 2),
    previous: neighbour(sitePages[at - 1]),
    next: neighbour(sitePages[at + 1]),
  }
}
