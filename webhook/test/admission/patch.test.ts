import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import jsonPatch from 'fast-json-patch'
import t from 'tap'
import { type Content, patchOf as encodedPatchOf, type Operation } from '../../src/admission/patch.ts'
import type { Secret } from '../../src/admission/review.ts'

type Texts = Record<string, string>

/** The operations of the patch in the answer. */
function patchOf(secret: Secret, wanted: Content): Operation[] {
  const patch = encodedPatchOf(secret, wanted)
  return patch === undefined ? [] : JSON.parse(Buffer.from(patch, 'base64').toString())
}

function secretOf(data: Texts | undefined, annotations: Texts | undefined): Secret {
  return { type: '', immutable: false, data, metadata: { name: '', namespace: '', labels: {}, annotations, deletionTimestamp: undefined } }
}

/** Applies a patch with another library to objects without a prototype, in which `__proto__` is an ordinary key. */
function apply({ data, metadata: { annotations } }: Secret, operations: Operation[]) {
  const bare = (value: unknown) => JSON.parse(JSON.stringify(value), (_, part) => withoutPrototype(part))
  const document = bare({ data, metadata: { annotations } })
  return jsonPatch.applyPatch(document, bare(operations), true, true, false).newDocument
}

function withoutPrototype(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.defineProperties(Object.create(null), Object.getOwnPropertyDescriptors(value))
}

function entriesOf(map: Texts | undefined): [string, string][] {
  return Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
}

const nasty = [
  '',
  '/',
  '~',
  '~0',
  '~1',
  '~01',
  '/~',
  'a/b',
  '-',
  '0',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'a"b',
  '\u0000',
  '😀',
  '\ud800',
]
/** These replace the default units of fast-check, whose table of all characters takes a second to build. */
const anyCharacter = fc.nat({ max: 0xffff }).map(code => String.fromCharCode(code))
const key = fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: anyCharacter, maxLength: 12 }))
const entries = fc.array(fc.tuple(key, fc.string({ maxLength: 8 })), { maxLength: 8 })
const present = fc.option(
  entries.map(pairs => ownEntries(pairs)),
  { nil: undefined },
)

/** An object without a prototype, in which `__proto__` is an own key, as with Object.fromEntries. */
function ownEntries(pairs: [string, string][]): Texts {
  return Object.fromEntries(pairs)
}

t.test('a patch sets the desired keys and changes no others, whatever the keys are', async t => {
  fc.assert(
    fc.property(present, entries, present, entries, (data, wantedData, notes, wantedNotes) => {
      const secret = secretOf(data, notes)
      const wanted: Content = { data: new Map(wantedData), annotations: new Map(wantedNotes) }
      const after = apply(secret, patchOf(secret, wanted))
      const expected = (map: Texts | undefined, more: Content['data']) =>
        entriesOf(ownEntries([...Object.entries(map ?? {}), ...(more ?? [])]))
      deepStrictEqual(entriesOf(after.data), expected(data, wanted.data))
      deepStrictEqual(entriesOf(after.metadata.annotations), expected(notes, wanted.annotations))
    }),
    { numRuns: 1_000 },
  )
  t.pass()
})

t.test('unwanted annotations are removed, and there is no operation for annotations that do not exist', async t => {
  fc.assert(
    fc.property(entries.map(ownEntries), fc.array(key), (notes, without) => {
      const secret = secretOf(undefined, notes)
      const operations = patchOf(secret, { without: [...new Set(without)] })
      const left = Object.entries(notes).filter(([key]) => !without.includes(key))
      deepStrictEqual(entriesOf(apply(secret, operations).metadata.annotations), entriesOf(ownEntries(left)))
      return operations.every(operation => operation.op === 'remove')
    }),
    { numRuns: 1_000 },
  )
  t.pass()
})

t.test('an object that is already as desired gets no patch', async t => {
  fc.assert(
    fc.property(entries.map(ownEntries), entries.map(ownEntries), (data, notes) => {
      const wanted = { data: new Map(Object.entries(data)), annotations: new Map(Object.entries(notes)), without: ['not there'] }
      return encodedPatchOf(secretOf(data, notes), wanted) === undefined
    }),
  )
  t.equal(encodedPatchOf(secretOf(undefined, undefined), { data: new Map(), annotations: new Map(), without: ['a'] }), undefined)
  t.equal(encodedPatchOf(secretOf({ a: 'MQ==' }, { b: '2' }), {}), undefined)
})

t.test('a map that exists is never replaced', async t => {
  const wanted = { data: new Map([['a', 'MQ==']]), annotations: new Map([['b/c~d', '2']]) }
  t.strictSame(patchOf(secretOf({ z: 'Mw==' }, {}), wanted), [
    { op: 'add', path: '/data/a', value: 'MQ==' },
    { op: 'add', path: '/metadata/annotations/b~1c~0d', value: '2' },
  ])
  t.strictSame(patchOf(secretOf(undefined, undefined), wanted), [
    { op: 'add', path: '/data', value: {} },
    { op: 'add', path: '/data/a', value: 'MQ==' },
    { op: 'add', path: '/metadata/annotations', value: {} },
    { op: 'add', path: '/metadata/annotations/b~1c~0d', value: '2' },
  ])
})
