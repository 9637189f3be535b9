import { posix } from 'node:path'

/** A fenced code block, with the comments in the lines directly before it. */
export interface Block {
  language: string
  text: string
  /** The number of the line with its opening fence, from 1. */
  line: number
  comments: string[]
}

export interface Link {
  target: string
  line: number
}

const fence = /^(`{3,})(\w*)\s*$/
const comment = /^<!-- (.*) -->$/

/** The lines of a page, each with whether it is in a code block (its fences included). */
function linesOf(page: string): { text: string; isCode: boolean }[] {
  let end: string | undefined
  return page.split('\n').map(text => {
    const isCode = end !== undefined
    const [, ticks] = fence.exec(text) ?? []
    if (end === undefined && ticks !== undefined) end = ticks
    else if (text.trimEnd() === end) end = undefined
    else return { text, isCode }
    return { text, isCode: true }
  })
}

/** The code blocks of a page. */
export function blocksOf(page: string): Block[] {
  const lines = page.split('\n')
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; at++) {
    const [, ticks, language = ''] = fence.exec(lines[at] ?? '') ?? []
    if (ticks === undefined) continue
    const end = lines.indexOf(ticks, at + 1)
    if (end < 0) throw new Error(`found a code block that begins in line ${at + 1} and does not end`)
    blocks.push({ language, text: lines.slice(at + 1, end).join('\n'), line: at + 1, comments: commentsBefore(lines, at) })
    at = end
  }
  return blocks
}

function commentsBefore(lines: string[], at: number): string[] {
  const [, text] = comment.exec(lines[at - 1] ?? '') ?? []
  return text === undefined ? [] : [...commentsBefore(lines, at - 1), text]
}

/** The links and images of a page. A link in code is none. */
export function linksOf(page: string): Link[] {
  const prose = linesOf(page)
    .map(({ text, isCode }) => (isCode ? '' : text.replace(/`[^`]*`/g, '')))
    .join('\n')
  // The text of a link may be wrapped.
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(({ 1: target = '', index }) => ({
    target,
    line: prose.slice(0, index).split('\n').length,
  }))
}

export interface Heading {
  level: number
  /** Without the signs of Markdown. */
  text: string
  anchor: string
}

/** The headings of a page, with the anchors that GitHub gives them. */
export function headingsOf(page: string): Heading[] {
  const slug = slugger()
  return linesOf(page).flatMap(({ text: line, isCode }) => {
    const [, signs, title] = /^(#{1,6}) (.+)$/.exec(isCode ? '' : line) ?? []
    if (signs === undefined || title === undefined) return []
    const text = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '')
    return [{ level: signs.length, text, anchor: slug(text) }]
  })
}

/** The anchors of a page's headings. */
export function anchorsOf(page: string): Set<string> {
  return new Set(headingsOf(page).map(({ anchor }) => anchor))
}

/**
 * Makes the anchor of each heading of a page, in their order: in lower case, without punctuation, with hyphens for spaces, and with a number
 * if it was there before. https://docs.github.com/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
 */
export function slugger(): (heading: string) => string {
  const counts = new Map<string, number>()
  return heading => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-')
    const count = counts.get(slug) ?? 0
    counts.set(slug, count + 1)
    return count === 0 ? slug : `${slug}-${count}`
  }
}

/**
 * @param from the path of the page with the link, from the root of the repository
 * @returns the path of the target from the root, and its anchor; undefined for another site
 */
export function resolved(from: string, target: string): { path: string; anchor: string } | undefined {
  if (/^[a-z]+:/.test(target)) return undefined
  const [path = '', anchor = ''] = target.split('#')
  return { path: path === '' ? from : posix.normalize(posix.join(posix.dirname(from), path)), anchor }
}
