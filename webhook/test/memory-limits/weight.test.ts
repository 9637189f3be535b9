import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { weigh } from '../../src/memory-limits/weight.ts'
import { secret } from '../admission/secrets.ts'
import { review } from '../admission/world.ts'

const mib = 1024 * 1024
setFlagsFromString('--expose-gc')
const gc: () => void = runInNewContext('gc')
const weightOf = (text: string) => weigh(Buffer.from(text))

const weights: [text: string, bytes: number][] = [
  ['', 0],
  ['1', 1],
  ['{}', 2 + 64],
  ['[]', 2 + 64],
  ['{"a":1}', 7 + 340],
  ['[1]', 3 + 340],
  ['[1,2]', 5 + 340 + 96],
  ['[{},[]]', 7 + 340 + 96 + 64 + 64],
  ['"{},[]"', 7],
  ['"\\"{},"', 7],
  ['"\\\\",{}', 7 + 96 + 64],
  ['{"{":"}"}', 9 + 340],
]

for (const [text, bytes] of weights) {
  t.test(`the weight of ${JSON.stringify(text)} is ${bytes}`, async t => t.equal(weightOf(text), bytes))
}

/** JSON of about a megabyte that needs much memory for its length. */
const worst: [about: string, text: string][] = [
  ['empty objects', list('{}')],
  ['empty lists', list('[]')],
  ['objects with a number as key', list('{"31":1}')],
  ['objects with a large number as key', list('{"9999999":1}')],
  ['objects of their own shapes', listOf(at => `{"${at.toString(36)}":1}`)],
  ['nested objects', `${'{"35":'.repeat(150_000)}1${'}'.repeat(150_000)}`],
  ['nested lists', '['.repeat(500_000) + ']'.repeat(500_000)],
  ['one large object', `{${Array.from({ length: 100_000 }, (_, at) => `"${at.toString(36)}":"ab"`)}}`],
  ['short texts', list('"ab"')],
  ['texts of two bytes a letter', list('"аб"')],
]

for (const [about, text] of worst) {
  t.test(`${about} need no more memory than their weight`, async t => {
    gc()
    const before = process.memoryUsage().heapUsed
    const kept: unknown[] = [JSON.parse(text)]
    gc()
    const taken = process.memoryUsage().heapUsed - before
    t.ok(taken < weightOf(text), `${taken} of ${weightOf(text)}`)
    t.equal(kept.length, 1)
  })
}

t.test('a normal review has a weight of some kilobytes, and one of the largest Secret, with 75,000 keys, half of the limit', async t => {
  t.ok(weightOf(JSON.stringify(review({ object: secret() }))) < 16_000)
  const keys = Array.from({ length: 75_000 }, (_, at) => at.toString(36).padStart(4, 'k'))
  const data = Object.fromEntries(keys.map(key => [key, '']))
  const fieldsV1 = { 'f:data': Object.fromEntries(keys.map(key => [`f:${key}`, {}])) }
  const object = { ...secret({ data }), managedFields: [{ fieldsV1 }] }
  t.ok(weightOf(JSON.stringify(review({ object, oldObject: object }))) < 64 * mib)
})

function list(unit: string): string {
  return listOf(() => unit)
}

function listOf(unit: (at: number) => string): string {
  return `[${Array.from({ length: Math.floor(mib / (unit(9_999).length + 1)) }, (_, at) => unit(at))}]`
}
