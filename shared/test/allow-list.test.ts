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
  ['public.ecr.aws', 'public.ecr.aws'],
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
  ['nothing may follow', host, `${host}.evil.example`],
  ['nothing may stand before', host, `1${host}`],
  ['a new line is no end', host, `${host}\n`],
  ['other meta characters are themselves', '1+.dkr', '11.dkr'],
  ['other meta characters are themselves', '(1|2).dkr', '1.dkr'],
  ['other meta characters are themselves', '[0-9].dkr', '1.dkr'],
  ['other meta characters are themselves', '1?.dkr', '1.dkr'],
  ['other meta characters are themselves', '\\d.dkr', '1.dkr'],
  ['an upper case pattern covers nothing', host.toUpperCase(), host],
]

for (const [about, pattern, host] of misses) {
  t.test(`${about}: ${pattern} does not cover ${JSON.stringify(host)}`, async t => t.equal(matchesHost(pattern, host), false))
}

/** Of few characters, so that labels are often nearly alike. */
const label = fc.stringMatching(/^[ab][ab-]{0,3}$/)
const hosts = fc.array(label, { minLength: 1, maxLength: 3 }).map(labels => labels.join('.'))

t.test('a pattern without a star covers exactly itself, whatever its characters', async t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), hosts, (text, host) => {
      const pattern = text.replaceAll('*', '')
      return matchesHost(pattern, host) === (pattern === host) && matchesHost(host, host)
    }),
  )
  t.pass()
})

t.test('a pattern with stars covers only hosts with as many labels, each beginning and ending as it says', async t => {
  fc.assert(
    fc.property(fc.array(fc.tuple(label, label), { minLength: 1, maxLength: 3 }), hosts, (parts, host) => {
      const pattern = parts.map(([head, tail]) => `${head}*${tail}`).join('.')
      const labels = host.split('.')
      const expected =
        labels.length === parts.length &&
        parts.every(([head, tail], at) => {
          const label = labels[at] ?? ''
          return label.length >= head.length + tail.length && label.startsWith(head) && label.endsWith(tail)
        })
      const own = parts.map(([head, tail]) => `${head}x-y${tail}`).join('.')
      return matchesHost(pattern, host) === expected && matchesHost(pattern, own)
    }),
    { numRuns: 1_000 },
  )
  t.pass()
})

t.test('a pattern full of stars is matched at once', async t => {
  const startMs = performance.now()
  t.equal(matchesHost(`${'*a'.repeat(12)}.x`, `${'a'.repeat(60)}.y`), false)
  t.equal(matchesHost(`${'*a'.repeat(25)}*b`, 'a'.repeat(60)), false)
  t.ok(performance.now() - startMs < 500, `${performance.now() - startMs} ms`)
})
