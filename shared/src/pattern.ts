/**
 * Whether a pattern matches a whole text. `*` matches any characters, including none. Each part between stars is matched at its first
 * occurrence, which takes linear time, while a regular expression with many stars can backtrack for minutes.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const [first, last] = [pattern.indexOf('*'), pattern.lastIndexOf('*')]
  if (first === -1) return pattern === text
  const [head, tail] = [pattern.slice(0, first), pattern.slice(last + 1)]
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false
  let rest = text.slice(head.length, text.length - tail.length)
  const parts = pattern.slice(first, last).split('*')
  return parts.every(part => {
    const at = rest.indexOf(part)
    rest = rest.slice(at + part.length)
    return at !== -1
  })
}
