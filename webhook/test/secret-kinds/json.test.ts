import t from 'tap'
import { maxDepth, maxValues, parseObject } from '../../src/secret-kinds/json.ts'

/** `{"x": […]}` with this number of values, including the object and the list. */
const list = (value: string, values: number) => `{"x":[${Array(values - 2).fill(value)}]}`
const times = (count: number, each: (at: number) => string) => Array.from({ length: count }, (_, at) => each(at)).join()

/** Content with exactly this number of values. */
const shapes: [about: string, contentOf: (values: number) => string][] = [
  ['numbers', values => list('1', values)],
  ['numbers that keep their digits', values => list('1.0', values)],
  ['empty objects', values => list('{}', values)],
  ['empty objects beside a number', values => `{"n":1.0,"x":[${Array(values - 3).fill('{}')}]}`],
  ['empty lists with blanks', values => list('[ \n\t\r ]', values)],
  ['texts', values => list('"a,b[{"', values)],
  ['texts with escapes', values => list('"\\\\\\",["', values)],
  ['words', values => list('null', values)],
  ['members', values => `{${times(values - 1, at => `"k${at}":""`)}}`],
  ['members of one name', values => `{${times(values - 1, () => '"k":true')}}`],
  ['members named __proto__', values => `{${times(values - 1, () => '"__proto__":1')}}`],
  ['objects in objects', values => `{"x":[${Array((values - 2) / 2).fill('{"a":1}')}]}`],
  [
    'blanks between all tokens',
    values =>
      ` { "x" : [ ${Array(values - 2)
        .fill('1')
        .join(' , ')} ] } `,
  ],
]

for (const [about, contentOf] of shapes) {
  t.test(`${maxValues} values are parsed, and more are rejected without being parsed: ${about}`, async t => {
    const text = contentOf(maxValues)
    t.strictSame(JSON.parse(JSON.stringify(parseObject(text)?.object)), JSON.parse(text))
    const refused = { refused: `content with more than ${maxValues} values` }
    t.strictSame(parseObject(contentOf(maxValues + 2)), refused)
    t.strictSame(parseObject(`${contentOf(maxValues + 2)} no JSON`), refused)
  })
}

t.test('one value more than the limit is rejected', async t => {
  t.ok(parseObject(list('1', maxValues))?.object)
  t.match(parseObject(list('1', maxValues + 1))?.refused, /more than 10000 values/)
  t.match(parseObject(list('{}', maxValues + 1))?.refused, /more than 10000 values/)
})

t.test('content with too many levels is rejected without being parsed', async t => {
  const nested = (levels: number, open: string, close: string) => `{"a":${open.repeat(levels - 1)}1${close.repeat(levels - 1)}}`
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"a":[', ']}]'],
  ] as const) {
    const each = (open.match(/[[{]/g) ?? []).length
    const most = Math.floor((maxDepth - 1) / each)
    t.ok(parseObject(nested(most + 1, open, close))?.object, open)
    const refused = { refused: `content that is nested deeper than ${maxDepth} levels` }
    t.strictSame(parseObject(nested(most + 2, open, close)), refused)
    t.strictSame(parseObject(open.repeat(most + 2)), refused, 'brackets that are never closed')
  }
  t.ok(parseObject(`{"a":[${Array(maxDepth + 1).fill('[1]')}]}`)?.object, 'closed levels are not counted')
})

t.test('brackets, commas, digits and escapes in texts and keys are neither values nor levels', async t => {
  const odd = `\\"\\\\${'[{,1'.repeat(maxValues)}`
  for (const text of [`{"a":"${odd}"}`, `{"${odd}":"${odd}"}`, `{"a":"${'\\\\'.repeat(maxValues)}","b":"${'\\"'.repeat(maxValues)}"}`]) {
    t.strictSame(parseObject(text)?.object, JSON.parse(text))
  }
})

t.test('values after a string that ends with an escaped backslash are counted', async t => {
  for (const escaped of ['\\\\', '\\\\'.repeat(2), '\\"\\\\']) {
    t.match(parseObject(`{"a":"${escaped}","b":${list('1', maxValues)}}`)?.refused, /more than 10000 values/, escaped)
  }
})

t.test('numbers keep their digits, also beside texts that look like some', async t => {
  for (const numbers of ['[1e400,-0,1.10,12345678901234567890,1E-400,0.1e1,7]', '-1.0', '[[1.0]]', '{"b":"1.0","c":1.0}']) {
    t.equal(JSON.stringify(parseObject(`{"a":${numbers}}`)?.object), `{"a":${numbers}}`)
  }
})

t.test('strings next to such numbers remain strings', async t => {
  t.strictSame(parseObject('{"a":"b","c":["d"],"e":1.0}')?.object?.a, 'b')
})

t.test('content that ends with an opening bracket is not counted as having one more value', async t => {
  t.equal(parseObject(`${list('1', maxValues - 1).slice(0, -2)},[`), undefined)
})

t.test('content that is no JSON object has no object', async t => {
  for (const text of [
    '',
    ' ',
    'FAKE',
    '[]',
    '[{}]',
    '"a"',
    '7',
    '1.0',
    '-',
    'null',
    '{"a"',
    '{"a":"',
    '{"a":"\\',
    '{}{}',
    '{"a":01}',
    ']}',
    '\u0000',
  ]) {
    t.equal(parseObject(text), undefined, JSON.stringify(text))
  }
})

t.test('__proto__ is an ordinary key, with and without numbers', async t => {
  for (const text of ['{"__proto__":{"a":"b"},"constructor":{}}', '{"__proto__":{"a":1.0},"constructor":{}}']) {
    const object = parseObject(text)?.object
    t.equal(JSON.stringify(object), text)
    t.equal(Object.getPrototypeOf(object), Object.prototype)
  }
})
