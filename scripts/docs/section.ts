/**
 * Replaces the text between `<!-- NAME -->` and `<!-- /NAME -->`.
 *
 * @throws if the page has no such section
 */
export function withSection(page: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`found no section ${begin} … ${end}`)
  return `${page.slice(0, from + begin.length)}\n${content}\n${page.slice(to)}`
}
