import fc from 'fast-check'
import t from 'tap'
import { matchesHost } from '../src/registry.ts'

const host = '111122223333.dkr.ecr.us-east-1.amazonaws.com'

const covers: [pattern: string, host: string][] = [
  [host, host],
  ['111122223333.dkr.ecr.*.amazonaws.com', host],
  ['*.dkr.ecr.us-east-1.amazonaws.com', host],
  ['1111*.dkr.ecr.us-east-1.amazonaws.com', host],
  ['111122223333.dkr.ecr.us-*-1.amazonaws.com', host],
  ['*.*.*.*.*.*', host],
  ['*.dkr.ecr*.us-*.amazonaws.com', host],
  ['*.dkr.ecr*.us-*.amazonaws.com', '1.dkr.ecr-fips.us-west-2.amazonaws.com'],
  ['111122223333.dkr.ecr.*-*-1.amazonaws.com', host],
  ['111122223333.dkr.ecr.u*-e*-1.amazonaws.com', host],
  ['111122223333.dkr.ecr.*e*-1.amazonaws.com', host],
  ['public.ecr.aws', 'public.ecr.aws'],
  ['*.dkr.ecr.us-*-*.amazonaws.com', host],
  ['*.dkr.ecr.*gov*.amazonaws.com', '1.dkr.ecr.us-gov-east-1.amazonaws.com'],
  ['a*b*c', 'abc'],
  ['*ab*ab*', 'abab'],
]

for (const [pattern, host] of covers) {
  t.test(`${pattern} covers ${host}`, async t => t.equal(matchesHost(pattern, host), true))
}

const misses: [about: string, pattern: string, host: string][] = [
  ['a star stays within one label', '*', host],
  ['a star stays within one label', '111122223333.dkr.ecr.*.com', host],
  ['a star stays within one label', '*.amazonaws.com', host],
  ['a star is no two labels', '*.*.*.*.*', host],
  ['a dot is a dot', '111122223333.dkr.ecr.us-east-1.amazonaws.com', '111122223333xdkr.ecr.us-east-1.amazonaws.com'],
  ['two stars are in the order of the pattern', '111122223333.dkr.ecr.*east*us*.amazonaws.com', host],
  ['what is between two stars is there', '111122223333.dkr.ecr.us-*gov*-1.amazonaws.com', host],
  ['what is between two stars is not shared with the end', '111122223333.dkr.ecr.us-*-1*-1.amazonaws.com', host],
  ['nothing may follow', host, `${host}.evil.example`],
  ['nothing may stand before', host, `1${host}`],
  ['a new line is no end', host, `${host}\n`],
  ['other meta characters are themselves', '1+.dkr', '11.dkr'],
  ['other meta characters are themselves', '(1|2).dkr', '1.dkr'],
  ['other meta characters are themselves', '[0-9].dkr', '1.dkr'],
  ['other meta characters are themselves', '1?.dkr', '1.dkr'],
  ['other meta characters are themselves', '\\d.dkr', '1.dkr'],
  ['each of two stars in one label is needed', '*.dkr.ecr.us-*-*.amazonaws.com', '1.dkr.ecr.us-east.amazonaws.com'],
  ['what is between two stars is needed', '*.dkr.ecr.*gov*.amazonaws.com', '1.dkr.ecr.us-east-1.amazonaws.com'],
  ['what is between two stars stands there as often as in the pattern', '*ab*ab*', 'ab'],
  ['what is between two stars stands in this order', '*a*b*', 'ba'],
  ['what is before and after a star does not overlap', 'ab*ba', 'aba'],
  ['what is between two stars does not overlap with what is around them', 'a*ab*b', 'ab'],
  ['what is between two stars is not found in what is after them', '*b*b', 'ab'],
  ['what is between two stars is not found in what is after them', '*-1*-1.dkr', 'us-east-1.dkr'],
  ['what is between two stars is not found in what is before them', 'b*b*', 'ba'],
  ['an upper case pattern covers nothing', host.toUpperCase(), host],
]

for (const [about, pattern, host] of misses) {
  t.test(`${about}: ${pattern} does not cover ${JSON.stringify(host)}`, async t => t.equal(matchesHost(pattern, host), false))
}

/** Of few characters, so that labels are often nearly alike: of a few labels, and with any number of stars in each. */
const text = (...units: string[]) => fc.string({ unit: fc.constantFrom(...units), maxLength: 8 })
/** Not fast-check's own units: the table of all characters that they are taken from costs a second. */
const anyCharacter = fc.nat({ max: 0xffff }).map(code => String.fromCharCode(code))
const hosts = text('a', 'b', '-', '.')
const starred = text('a', 'b', '-', '.', '*', '*')

t.test('a pattern without a star covers exactly itself, whatever its characters', async t => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), hosts, (text, host) => {
      const pattern = text.replaceAll('*', '')
      return matchesHost(pattern, host) === (pattern === host) && matchesHost(host, host)
    }),
  )
  t.pass()
})

t.test('a pattern covers what a regular expression covers in which each star is any text without a dot', async t => {
  fc.assert(
    fc.property(starred, hosts, text('a', 'b', '-'), (pattern, host, filling) => {
      const expected = new RegExp(`^${pattern.split('*').map(RegExp.escape).join('[^.]*')}$`)
      return matchesHost(pattern, host) === expected.test(host) && matchesHost(pattern, pattern.replaceAll('*', filling))
    }),
    { numRuns: 2_000 },
  )
  t.pass()
})

t.test('a pattern full of stars is matched at once', async t => {
  const startMs = performance.now()
  t.equal(matchesHost(`${'*a'.repeat(12)}.x`, `${'a'.repeat(60)}.y`), false)
  t.equal(matchesHost(`${'*a'.repeat(25)}*b`, 'a'.repeat(60)), false)
  t.ok(performance.now() - startMs < 500, `${performance.now() - startMs} ms`)
})
