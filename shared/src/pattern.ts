/**
 * Whether a pattern matches a whole text. `*` matches any characters, including none. Each part between stars is matched at its first
 * occurrence, which takes linear time, while a regular expression with many stars can backtrack for minutes.
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
