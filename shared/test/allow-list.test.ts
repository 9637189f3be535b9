import { cpuMs } from '@ecr-anywhere/scripts/testbed/cpu-time.ts'
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
  t.test(`${pattern} matches ${host}`, async t => t.equal(matchesHost(pattern, host), true))
}

const misses: [about: string, pattern: string, host: string][] = [
  ['a star matches only within one label', '*', host],
  ['a star matches only within one label', '111122223333.dkr.ecr.*.com', host],
  ['a star matches only within one label', '*.amazonaws.com', host],
  ['a star does not match two labels', '*.*.*.*.*', host],
  ['a dot matches only a dot', '111122223333.dkr.ecr.us-east-1.amazonaws.com', '111122223333xdkr.ecr.us-east-1.amazonaws.com'],
  ['the order of the pattern is kept', '111122223333.dkr.ecr.*east*us*.amazonaws.com', host],
  ['text between two stars is required', '111122223333.dkr.ecr.us-*gov*-1.amazonaws.com', host],
  ['text between two stars does not overlap with the end', '111122223333.dkr.ecr.us-*-1*-1.amazonaws.com', host],
  ['no text may follow', host, `${host}.evil.example`],
  ['no text may come before', host, `1${host}`],
  ['a line feed does not end a host', host, `${host}\n`],
  ['other meta characters are literal', '1+.dkr', '11.dkr'],
  ['other meta characters are literal', '(1|2).dkr', '1.dkr'],
  ['other meta characters are literal', '[0-9].dkr', '1.dkr'],
  ['other meta characters are literal', '1?.dkr', '1.dkr'],
  ['other meta characters are literal', '\\d.dkr', '1.dkr'],
  ['the text between two stars in one label is required', '*.dkr.ecr.us-*-*.amazonaws.com', '1.dkr.ecr.us-east.amazonaws.com'],
  ['text between two stars is required', '*.dkr.ecr.*gov*.amazonaws.com', '1.dkr.ecr.us-east-1.amazonaws.com'],
  ['text between stars is required as often as in the pattern', '*ab*ab*', 'ab'],
  ['texts between stars are required in their order', '*a*b*', 'ba'],
  ['the texts before and after a star do not overlap', 'ab*ba', 'aba'],
  ['text between two stars does not overlap with the texts around them', 'a*ab*b', 'ab'],
  ['text between two stars is not matched by the text after them', '*b*b', 'ab'],
  ['text between two stars is not matched by the text after them', '*-1*-1.dkr', 'us-east-1.dkr'],
  ['text between two stars is not matched by the text before them', 'b*b*', 'ba'],
  ['an upper-case pattern matches no host', host.toUpperCase(), host],
]

for (const [about, pattern, host] of misses) {
  t.test(`${about}: ${pattern} does not match ${JSON.stringify(host)}`, async t => t.equal(matchesHost(pattern, host), false))
}

/** Patterns of a few labels with any number of stars. They use few characters, so that labels are often similar. */
const text = (...units: string[]) => fc.string({ unit: fc.constantFrom(...units), maxLength: 8 })
/** These replace the default units of fast-check, whose table of all characters takes a second to build. */
const anyCharacter = fc.nat({ max: 0xffff }).map(code => String.fromCharCode(code))
const hosts = text('a', 'b', '-', '.')
const starred = text('a', 'b', '-', '.', '*', '*')

t.test('a pattern without a star matches only itself, whatever its characters', async t => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), hosts, (text, host) => {
      const pattern = text.replaceAll('*', '')
      return matchesHost(pattern, host) === (pattern === host) && matchesHost(host, host)
    }),
  )
  t.pass()
})

t.test('a pattern matches the same hosts as a regular expression in which each star is any text without a dot', async t => {
  fc.assert(
    fc.property(starred, hosts, text('a', 'b', '-'), (pattern, host, filling) => {
      const expected = new RegExp(`^${pattern.split('*').map(RegExp.escape).join('[^.]*')}$`)
      return matchesHost(pattern, host) === expected.test(host) && matchesHost(pattern, pattern.replaceAll('*', filling))
    }),
    { numRuns: 2_000 },
  )
  t.pass()
})

t.test('a pattern of many stars is matched quickly', async t => {
  const ms = cpuMs(() => {
    t.equal(matchesHost(`${'*a'.repeat(12)}.x`, `${'a'.repeat(60)}.y`), false)
    t.equal(matchesHost(`${'*a'.repeat(25)}*b`, 'a'.repeat(60)), false)
  })
  t.ok(ms < 500, `${ms} ms`)
})
