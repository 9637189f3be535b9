/** Characters that no POSIX shell interprets within a word. */
const plain = /^[\w@%+=:,./-]+$/

/**
 * A word of a shell command, in single quotes if it needs them.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02
 */
export function quoted(word: string): string {
  return plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A shell command of these words. Those that are undefined are left out. */
export function command(...words: (string | undefined)[]): string {
  return words
    .filter(word => word !== undefined)
    .map(quoted)
    .join(' ')
}
