const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1
  return remainder
})

/**
 * The CRC32C checksum (Castagnoli) by which Secret Manager checks payloads; zlib has only the other CRC32.
 * Source: https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4
 *
 * @returns an unsigned 32-bit number
 */
export function crc32c(data: Uint8Array): number {
  let remainder = 0xffffffff
  for (const byte of data) remainder = (table[(remainder ^ byte) & 0xff] ?? 0) ^ (remainder >>> 8)
  return (remainder ^ 0xffffffff) >>> 0
}
