import type { Equivalent } from './equivalent.ts'

/** The outcome of one mutant. */
export interface Outcome {
  file: string
  line: number
  /** The text of its line, and the replaced text in it with its replacement. */
  text: string
  original: string
  replacement: string
  /** Whether it was detected: a test failed or did not end. */
  result: 'detected' | 'survived' | 'invalid'
}

export interface Verdict {
  files: { file: string; mutants: number; killed: number; survived: number; equivalent: number; percent: number }[]
  percent: number
  survivors: Outcome[]
  /** The reasons why the run fails. */
  problems: string[]
}

/** The required score, in percent of all mutants that can be detected. */
export const floor = 90

/** @returns the score of each file and of all files, the survivors, and the problems */
export function judge(
  outcomes: readonly Outcome[],
  { equivalents, isDeciding }: { equivalents: readonly Equivalent[]; isDeciding: (file: string) => boolean },
): Verdict {
  const mutants = outcomes.filter(({ result }) => result !== 'invalid')
  const isEquivalent = (outcome: Outcome) => equivalents.some(one => isOf(one, outcome))
  const survivors = mutants.filter(one => one.result === 'survived' && !isEquivalent(one))
  const files = [...new Set(mutants.map(({ file }) => file))].sort().map(file => ({ file, ...counts(mutants, survivors, file) }))
  const { percent } = counts(mutants, survivors)
  const decidingSurvivors = survivors.filter(({ file }) => isDeciding(file)).length
  const unneeded = equivalents.filter(
    one => files.some(({ file }) => file === one.file) && !mutants.some(outcome => outcome.result === 'survived' && isOf(one, outcome)),
  )
  return {
    files,
    percent,
    survivors,
    problems: [
      ...(percent < floor ? [`${percent} % of the mutants were killed, wanted ${floor} %`] : []),
      ...(decidingSurvivors > 0 ? [`${decidingSurvivors} survived in files whose rules decide, wanted none`] : []),
      ...unneeded.map(({ file, line, to }) => `${file}: the mutant \`${to}\` of \`${line}\` is listed as equivalent, but did not survive`),
    ],
  }
}

function counts(mutants: readonly Outcome[], survivors: readonly Outcome[], file?: string) {
  const of = (some: readonly Outcome[]) => some.filter(one => file === undefined || one.file === file).length
  const killed = of(mutants.filter(({ result }) => result === 'detected'))
  const survived = of(survivors)
  const sum = killed + survived
  return {
    mutants: of(mutants),
    killed,
    survived,
    equivalent: of(mutants) - sum,
    percent: sum === 0 ? 100 : Math.floor((1000 * killed) / sum) / 10,
  }
}

function isOf({ file, line, from, to }: Equivalent, outcome: Outcome): boolean {
  return file === outcome.file && line === outcome.text && from === outcome.original && to === outcome.replacement
}
