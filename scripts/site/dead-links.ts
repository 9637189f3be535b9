import { posix } from 'node:path'

/** The anchors and the links of a file of the website. */
interface Html {
  ids: Set<string>
  links: string[]
}

/**
 * Every link of the website to a file or an anchor that it does not have. Links to other websites are not followed.
 *
 * @param files the paths of all files from the root of the website; the text of those that are HTML
 */
export function deadLinks(files: ReadonlyMap<string, string | undefined>): string[] {
  const pages = new Map([...files].flatMap(([path, text]) => (text === undefined ? [] : [[path, parsed(text)] as const])))
  return [...pages].flatMap(([from, { links }]) => links.filter(link => isDead(from, link)).map(link => `${from}: ${link}`))

  function isDead(from: string, link: string): boolean {
    if (/^[a-z]+:/.test(link)) return false
    const [path = '', anchor = ''] = decodeURIComponent(link).split('#')
    const to = path === '' ? from : posix.normalize(posix.join(posix.dirname(from), path))
    if (!files.has(to)) return true
    return anchor !== '' && pages.get(to)?.ids.has(anchor) !== true
  }
}

function parsed(html: string): Html {
  return {
    ids: new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id = '']) => id)),
    links: [...html.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, link = '']) => link.replaceAll('&amp;', '&')),
  }
}
