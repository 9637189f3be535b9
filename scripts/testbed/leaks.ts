/** Longer than any ID or digest that may be printed (a uid has 36 characters), and shorter than any useful part of a token. */
const pieceLength = 40

/**
 * Finds secrets in a text, whole or in part, in plain text or in base64.
 *
 * @returns the number of secrets of which a part was found, but not which ones, because the result is printed
 */
export function leaks(text: string, secrets: Iterable<string>): number {
  return [...secrets].filter(secret => piecesOf(secret).some(piece => text.includes(piece))).length
}

/** The parts of a secret. Any substring of twice their length contains one of them. A short secret is one part. */
function piecesOf(secret: string): string[] {
  // In base64 a text has three forms, depending on its position.
  const encoded = ['', 'x', 'xy'].map(before =>
    Buffer.from(before + secret)
      .toString('base64')
      .slice(4)
      .replace(/.{2}=*$/, ''),
  )
  return [secret, ...encoded].flatMap(text => {
    if (text.length < 2 * pieceLength) return [text]
    return Array.from({ length: Math.floor(text.length / pieceLength) }, (_, at) => text.slice(at * pieceLength, (at + 1) * pieceLength))
  })
}
