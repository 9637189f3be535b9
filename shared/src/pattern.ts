/**
 * Does a pattern cover a whole text? `*` stands for any characters, none included. Each part between stars is taken where it first occurs:
 * linear, where a regular expression with many stars backtracks for minutes.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const [head = '', ...parts] = pattern.split('*')
  const tail = parts.pop()
  if (tail === undefined) return pattern === text
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false
  let rest = text.slice(head.length, text.length - tail.length)
  return parts.every(part => {
    const at = rest.indexOf(part)
    rest = rest.slice(at + part.length)
    return at !== -1
  })
}
