import t from 'tap'
import { architectureOf, interpreterOf, neededLibraries, withoutSections } from '../elf.ts'

const loader = '/lib/ld-linux-aarch64.so.1'
const libraries = ['libc.so.6', 'libm.so.6']
const base = 0x400000
const at = { dynamic: 0x100, strings: 0x180, end: 0x200 }

t.test('the loader and the libraries of a program are read from its segments', async t => {
  t.equal(interpreterOf(program()), loader)
  t.strictSame(neededLibraries(program()), libraries)
})

t.test('the architecture is read from the header', async t => {
  for (const [machine, architecture] of [
    [62, 'amd64'],
    [183, 'arm64'],
    [40, undefined],
  ] as const) {
    const elf = program()
    elf.writeUInt16LE(machine, 0x12)
    t.equal(architectureOf(elf), architecture)
  }
  t.throws(() => architectureOf(Buffer.from('#!/bin/sh and more than a header')), { message: /no 64-bit little-endian ELF file/ })
})

t.test('a program without its sections ends with its last segment, and is linked to the same libraries', async t => {
  const whole = Buffer.concat([program(), Buffer.from('symbols and sections')])
  whole.writeBigUInt64LE(BigInt(at.end), 0x28)
  whole.writeUInt16LE(7, 0x3c)
  whole.writeUInt16LE(6, 0x3e)
  const stripped = withoutSections(whole)
  t.equal(stripped.length, at.end)
  t.strictSame([stripped.readBigUInt64LE(0x28), stripped.readUInt16LE(0x3c), stripped.readUInt16LE(0x3e)], [0n, 0, 0])
  t.equal(interpreterOf(stripped), loader)
  t.strictSame(neededLibraries(stripped), libraries)
  t.equal(whole.readUInt16LE(0x3c), 7, 'the given file is not changed')
})

t.test('a file that is not linked to libraries needs none, and another kind of file is rejected', async t => {
  const alone = program()
  alone.writeUInt16LE(1, 0x38)
  t.strictSame([interpreterOf(alone), neededLibraries(alone)], [undefined, []])
  for (const text of ['#!/bin/sh and more', '\x7fELF\x01\x01 is of 32 bits'])
    t.throws(() => neededLibraries(Buffer.from(text, 'latin1')), /found a file that is no 64-bit little-endian ELF file/)
})

/** A file of three segments: the whole file, its dynamic table, and the name of its loader, which is one of the strings. */
function program(): Buffer {
  const elf = Buffer.alloc(at.end)
  elf.write('\x7fELF\x02\x01', 'latin1')
  elf.writeBigUInt64LE(0x40n, 0x20)
  elf.writeUInt16LE(0x38, 0x36)
  elf.writeUInt16LE(3, 0x38)
  const strings = Buffer.from(['', ...libraries, loader, ''].join('\0'))
  strings.copy(elf, at.strings)
  const dynamic = [...libraries.map(name => [1, strings.indexOf(name)]), [5, base + at.strings], [0, 0]]
  for (const [index, value] of dynamic.flat().entries()) elf.writeBigUInt64LE(BigInt(value), at.dynamic + index * 8)
  const segments = [
    [1, 0, base, at.end],
    [2, at.dynamic, base + at.dynamic, dynamic.length * 16],
    [3, at.strings + strings.indexOf(loader), 0, loader.length + 1],
  ]
  for (const [index, [type = 0, offset = 0, address = 0, bytes = 0]] of segments.entries()) {
    const start = 0x40 + index * 0x38
    elf.writeUInt32LE(type, start)
    elf.writeBigUInt64LE(BigInt(offset), start + 0x08)
    elf.writeBigUInt64LE(BigInt(address), start + 0x10)
    elf.writeBigUInt64LE(BigInt(bytes), start + 0x20)
  }
  return elf
}
