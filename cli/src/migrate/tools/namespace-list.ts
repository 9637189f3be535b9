/** The list of namespaces that k8s-ecr-login-renew reads: names, or patterns with `*` and `?`. */
export interface NamespaceList {
  names: string[]
  patterns: string[]
}

/**
 * Separated by commas, semicolons or newlines. Other white space is ignored.
 * https://github.com/nabsul/k8s-ecr-login-renew/blob/main/src/k8s/namespaces.go
 */
export function readNamespaceList(text: string): NamespaceList {
  const all = text
    .replace(/[ \r\t\v]/g, '')
    .split(/[,;\n]/)
    .filter(name => name !== '')
  return { names: all.filter(name => !/[*?]/.test(name)), patterns: all.filter(name => /[*?]/.test(name)) }
}

/** Whether a name or one of the patterns matches. A pattern that is longer than any name of Kubernetes matches nothing. */
export function isListed({ names, patterns }: NamespaceList, namespace: string): boolean {
  return names.includes(namespace) || patterns.some(pattern => pattern.length <= 253 && matches(pattern, namespace))
}

/** `*` matches any characters, `?` one. Takes at most (length of the pattern × length of the text) steps, unlike a regular expression. */
function matches(pattern: string, text: string): boolean {
  let reached = new Set([0])
  for (const character of pattern) {
    const next = new Set<number>()
    for (const at of reached) {
      if (character === '*') for (let end = at; end <= text.length; end += 1) next.add(end)
      else if (at < text.length && (character === '?' || character === text[at])) next.add(at + 1)
    }
    reached = next
  }
  return reached.has(text.length)
}
