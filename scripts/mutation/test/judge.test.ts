import t from 'tap'
import type { Equivalent } from '../equivalent.ts'
import { judge, type Outcome } from '../judge.ts'

const mutant = (file: string, result: Outcome['result'], replacement = 'false'): Outcome => ({
  file,
  line: 7,
  text: 'if (a) b()',
  original: 'a',
  replacement,
  result,
})
const equivalentIn = (file: string): Equivalent => ({ file, line: 'if (a) b()', from: 'a', to: 'false', why: 'b does nothing' })
const killed = (file: string, count: number) => Array.from({ length: count }, () => mutant(file, 'detected'))
const judged = (outcomes: Outcome[], equivalents: Equivalent[] = []) =>
  judge(outcomes, { equivalents, isDeciding: file => file === 'decide.ts' })

t.test('the score is the percentage of killed mutants, of each file and of all files', async t => {
  const { files, percent, problems } = judged([...killed('a.ts', 18), mutant('b.ts', 'survived'), mutant('b.ts', 'detected')])
  t.strictSame(files, [
    { file: 'a.ts', mutants: 18, killed: 18, survived: 0, equivalent: 0, percent: 100 },
    { file: 'b.ts', mutants: 2, killed: 1, survived: 1, equivalent: 0, percent: 50 },
  ])
  t.strictSame([percent, problems], [95, []])
})

t.test('a score below 90 % is a problem, and is not rounded up', async t => {
  const { percent, problems } = judged([...killed('a.ts', 8_999), ...Array.from({ length: 1_001 }, () => mutant('a.ts', 'survived'))])
  t.strictSame([percent, problems], [89.9, ['89.9 % of the mutants were killed, wanted 90 %']])
})

t.test('one survivor in a deciding file is a problem, whatever the score', async t => {
  const { problems, survivors } = judged([...killed('a.ts', 999), mutant('decide.ts', 'survived')])
  t.match(problems, [/^1 survived in files whose rules decide/])
  t.match(survivors, [{ file: 'decide.ts', line: 7 }])
})

t.test('a survivor that is listed as equivalent is ignored', async t => {
  const outcomes = [...killed('decide.ts', 1), mutant('decide.ts', 'survived')]
  const { files, percent, problems, survivors } = judged(outcomes, [equivalentIn('decide.ts')])
  t.match(files, [{ mutants: 2, killed: 1, survived: 0, equivalent: 1 }])
  t.strictSame([percent, problems, survivors], [100, [], []])
})

t.test('a listed mutant does not cover another replacement of the same text or the same in another file', async t => {
  const outcomes = [mutant('decide.ts', 'survived'), mutant('decide.ts', 'survived', 'true'), mutant('a.ts', 'survived')]
  t.equal(judged(outcomes, [equivalentIn('decide.ts')]).survivors.length, 2)
})

t.test('a listed mutant that was killed or no longer exists is a problem, except in a file that was not mutated', async t => {
  t.match(judged(killed('decide.ts', 1), [equivalentIn('decide.ts')]).problems, [/listed as equivalent, but did not survive/])
  t.strictSame(judged(killed('decide.ts', 1), [equivalentIn('other.ts')]).problems, [])
})

t.test('a mutant that cannot run is ignored', async t => {
  t.match(judged([...killed('a.ts', 1), mutant('a.ts', 'invalid')]), { percent: 100, files: [{ mutants: 1 }] })
})
