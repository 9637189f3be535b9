/** Longer than any id or digest that may be printed (a uid has 36 characters), and shorter than any useful piece of a token. */
const pieceLength = 40

/**
 * Finds secrets, whole or in pieces, plain or in base64, in a text.
 *
 * @returns the number of secrets of which a piece was found, but not which ones, because the result is printed
 */
export function leaks(text: string, secrets: Iterable<string>): number {
  return [...secrets].filter(secret => piecesOf(secret).some(piece => text.includes(piece))).length
}

/** Any stretch of a secret that is twice as long holds one of these; a short secret is one piece. */
function piecesOf(secret: string): string[] {
  // In base64 a text looks different at each of three places.
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
