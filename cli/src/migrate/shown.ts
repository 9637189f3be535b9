/** A longer text is cut: it is only shown so that its author recognizes it. */
const maxLength = 120

/** A text from the input in quotes. Characters other than printable ASCII are escaped, so that a terminal does not interpret them. */
export function shown(text: string): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
  return JSON.stringify(cut).replace(/[^\x20-\x7e…]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
