/** UTF-8 in base64. Nearly everything that we encode is ASCII, which `btoa` takes four times as fast as a Buffer does. */
export function base64(text: string): string {
  return Buffer.byteLength(text) === text.length ? btoa(text) : Buffer.from(text).toString('base64')
}
