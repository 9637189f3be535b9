import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'
import type { Options } from '../subcommands.ts'

/** The values of a command line, with the problems that were found while they were read. */
export interface GivenValues {
  text: (name: string) => string | undefined
  list: (name: string) => string[]
  flag: (name: string) => boolean
  /** One of some words; the first of them is the default. */
  oneOf: <T extends string>(name: string, words: readonly [T, ...T[]]) => T
  problem: (text: string) => void
  /** @throws Fault `settings` that lists every problem at once */
  check: () => void
}

export function givenValues(given: Options): GivenValues {
  const problems: string[] = []
  const text = (name: string) => {
    const value = given[name]
    return typeof value === 'string' ? value : undefined
  }
  return {
    text,
    list: name => {
      const value = given[name]
      return Array.isArray(value) ? value : []
    },
    flag: name => given[name] === true,
    oneOf: (name, words) => {
      const found = text(name)
      const known = words.find(word => word === found)
      if (found !== undefined && known === undefined) problems.push(`--${name}: found ${JSON.stringify(found)}, wanted ${words.join(', ')}`)
      return known ?? words[0]
    },
    problem: problem => void problems.push(problem),
    check: () => {
      if (problems.length > 0) throw settingsFault(problems)
    },
  }
}
