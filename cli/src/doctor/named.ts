/** At most this many names are in a sentence. */
const maxNamed = 5

/** Names in a sentence: `a, b and 7 more`. */
export function named(names: readonly string[]): string {
  const more = names.length - maxNamed
  return more > 0 ? `${names.slice(0, maxNamed).join(', ')} and ${more} more` : names.join(', ')
}

/** `1 Secret`, `2 Secrets`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
