/**
 * Reads a program or shared library of Linux without running it. It must be 64-bit and little-endian, as on amd64 and arm64.
 * https://gabi.xinuos.com/elf/07-pheader.html
 */

interface Segment {
  type: number
  offset: number
  address: number
  bytes: number
}

const types = { load: 1, dynamic: 2, interpreter: 3 }
const dynamicTags = { needed: 1, stringTable: 5 }
const dynamicEntryBytes = 16
const header = {
  machine: 0x12,
  segments: 0x20,
  sections: 0x28,
  segmentBytes: 0x36,
  segmentCount: 0x38,
  sectionCount: 0x3c,
  sectionNames: 0x3e,
}

/** @returns the path of the loader that the kernel starts for a program, such as `/lib/ld-linux-aarch64.so.1`, or undefined for a library */
export function interpreterOf(elf: Buffer): string | undefined {
  const segment = segmentsOf(elf).find(({ type }) => type === types.interpreter)
  return segment && textAt(elf, segment.offset)
}

/** https://github.com/torvalds/linux/blob/master/include/uapi/linux/elf-em.h */
const machines = new Map([
  [62, 'amd64'],
  [183, 'arm64'],
])

/** @returns the architecture for which a program or library is, as images name it, or undefined for any other one */
export function architectureOf(elf: Buffer): string | undefined {
  checkElf(elf)
  return machines.get(elf.readUInt16LE(header.machine))
}

/** @returns the names of the shared libraries that a program or library is linked to, such as `libc.so.6` */
export function neededLibraries(elf: Buffer): string[] {
  const segments = segmentsOf(elf)
  const dynamic = segments.find(({ type }) => type === types.dynamic)
  if (dynamic === undefined) return []
  const entries = Array.from({ length: dynamic.bytes / dynamicEntryBytes }, (_, index) => {
    const at = dynamic.offset + index * dynamicEntryBytes
    return { tag: numberAt(elf, at), value: numberAt(elf, at + 8) }
  })
  const strings = offsetOf(segments, entries.find(({ tag }) => tag === dynamicTags.stringTable)?.value ?? 0)
  return entries.filter(({ tag }) => tag === dynamicTags.needed).map(({ value }) => textAt(elf, strings + value))
}

/**
 * Removes the parts of a program that only linkers and debuggers read: its sections, and the symbols after its last segment. This is
 * equivalent to `strip`, but works for every architecture and always results in the same bytes.
 */
export function withoutSections(elf: Buffer): Buffer {
  const table = numberAt(elf, header.segments) + elf.readUInt16LE(header.segmentBytes) * elf.readUInt16LE(header.segmentCount)
  const end = Math.max(table, ...segmentsOf(elf).map(({ offset, bytes }) => offset + bytes))
  const stripped = Buffer.from(elf.subarray(0, end))
  stripped.writeBigUInt64LE(0n, header.sections)
  stripped.writeUInt16LE(0, header.sectionCount)
  stripped.writeUInt16LE(0, header.sectionNames)
  return stripped
}

function checkElf(elf: Buffer): void {
  const isElf = elf.readUInt32BE(0) === 0x7f454c46 && elf[4] === 2 && elf[5] === 1
  if (!isElf)
    throw new Error('found a file that is no 64-bit little-endian ELF file; wanted a program or shared library for amd64 or arm64.')
}

function segmentsOf(elf: Buffer): Segment[] {
  checkElf(elf)
  const start = numberAt(elf, header.segments)
  const size = elf.readUInt16LE(header.segmentBytes)
  return Array.from({ length: elf.readUInt16LE(header.segmentCount) }, (_, index) => {
    const at = start + index * size
    return {
      type: elf.readUInt32LE(at),
      offset: numberAt(elf, at + 0x08),
      address: numberAt(elf, at + 0x10),
      bytes: numberAt(elf, at + 0x20),
    }
  })
}

function offsetOf(segments: readonly Segment[], address: number): number {
  const isIn = ({ type, address: start, bytes }: Segment) => type === types.load && start <= address && address < start + bytes
  const segment = segments.find(isIn)
  if (segment === undefined) throw new Error(`found no segment of the file at address ${address}; wanted the table of its strings there.`)
  return address - segment.address + segment.offset
}

function numberAt(elf: Buffer, at: number): number {
  return Number(elf.readBigUInt64LE(at))
}

function textAt(elf: Buffer, at: number): string {
  return elf.toString('latin1', at, elf.indexOf(0, at))
}
