import type { NamesOf, OptionDefinition, Subcommand } from '../subcommands.ts'

/** The hidden first word with which the scripts of the shells, and kubectl, ask for candidates. */
export const completeWord = '__complete'

/** The words that can stand where the cursor is. */
export interface Completion {
  candidates: readonly Candidate[]
  /** Whether the shell offers files instead. */
  files: boolean
  /** If set, the candidates are names that must be asked for. */
  names?: WantedNames
}

/** Names that begin with `current`, in the cluster that the words before the cursor choose. */
export interface WantedNames {
  of: NamesOf
  current: string
  /** What stands before each name in its word, such as `--namespace=`. */
  prefix: string
  context: string | undefined
  kubeconfig: string | undefined
  namespace: string | undefined
}

export interface Candidate {
  word: string
  about: string
}

const help: OptionDefinition = ['-h, --help', 'display help for command']
const version: OptionDefinition = ['-V, --version', 'output the version number']
const nothing: Completion = { candidates: [], files: false }

/**
 * What can stand where the cursor is, from the definitions of which the command line itself is made.
 *
 * @param words those after the program, up to the cursor; the last one is completed, and may be empty
 */
export function completion(words: readonly string[], subcommands: readonly Subcommand[]): Completion {
  const [name, ...rest] = words
  const current = words.at(-1) ?? ''
  if (words.length <= 1) {
    const options = current.startsWith('-') ? [help, version].map(flagCandidate) : []
    return matching(current, [...subcommands.map(({ name, about }) => ({ word: name, about })), ...options])
  }
  const subcommand = subcommands.find(one => one.name === name)
  return subcommand === undefined ? nothing : inSubcommand(subcommand, rest.slice(0, -1), current)
}

function inSubcommand({ options, argument }: Subcommand, before: readonly string[], current: string): Completion {
  const { awaited, given, values, positions } = read(before, options)
  const valuesOf = (definition: OptionDefinition, prefix = '') => valuesFor(definition, { current, prefix, values })
  if (awaited !== undefined) return valuesOf(awaited)
  const [, flag] = /^(--[a-z-]+)=/.exec(current) ?? []
  if (flag !== undefined) {
    const option = optionOf(flag, options)
    return option !== undefined && takesValue(option) ? valuesOf(option, `${flag}=`) : nothing
  }
  if (current.startsWith('-')) {
    const left = options.filter(option => option[2]?.repeated === true || !given.includes(option))
    return matching(current, [...left, help].map(flagCandidate))
  }
  return positions > 0 || argument === undefined ? nothing : valuesOf(argument)
}

/** What the words before the cursor are: options, their values, and others. */
function read(words: readonly string[], options: readonly OptionDefinition[]) {
  const given: OptionDefinition[] = []
  /** By the long form of the option, such as `--namespace`. */
  const values = new Map<string, string>()
  let awaited: OptionDefinition | undefined
  let positions = 0
  for (const word of words) {
    if (awaited !== undefined) {
      values.set(longFlagOf(awaited), word)
      awaited = undefined
    } else if (!word.startsWith('-') || word === '-') positions += 1
    else {
      const [flag = ''] = word.split('=', 1)
      const option = optionOf(flag, options)
      if (option === undefined) continue
      given.push(option)
      if (takesValue(option) && flag === word) awaited = option
      else values.set(longFlagOf(option), word.slice(flag.length + 1))
    }
  }
  return { awaited, given, values, positions }
}

function optionOf(flag: string, options: readonly OptionDefinition[]): OptionDefinition | undefined {
  return options.find(([flags]) => flagsOf(flags).includes(flag))
}

/** `-o, --output <format>` -> `-o`, `--output` */
function flagsOf(flags: string): string[] {
  return flags.replace(/ <.*$/, '').split(', ')
}

function takesValue([flags]: OptionDefinition): boolean {
  return flags.includes('<')
}

/** The long form, which explains itself. */
function flagCandidate([flags, about]: OptionDefinition): Candidate {
  return { word: longFlagOf([flags, about]), about }
}

function longFlagOf([flags]: OptionDefinition): string {
  return flagsOf(flags).at(-1) ?? ''
}

interface Value {
  /** The word at the cursor, with the prefix. */
  current: string
  prefix: string
  /** Those of the options before it, by their long form. */
  values: ReadonlyMap<string, string>
}

function valuesFor([, , traits = {}]: OptionDefinition, { current, prefix, values }: Value): Completion {
  if (traits.values !== undefined)
    return matching(
      current,
      traits.values.map(value => plain(`${prefix}${value}`)),
    )
  if (traits.names === undefined) return { candidates: [], files: traits.files === true }
  const [context, kubeconfig, namespace] = ['--context', '--kubeconfig', '--namespace'].map(flag => values.get(flag))
  return { ...nothing, names: { of: traits.names, current: current.slice(prefix.length), prefix, context, kubeconfig, namespace } }
}

function plain(word: string): Candidate {
  return { word, about: '' }
}

function matching(current: string, candidates: readonly Candidate[]): Completion {
  return { candidates: candidates.filter(({ word }) => word.startsWith(current)), files: false }
}

/**
 * The answer in the protocol of cobra, which kubectl reads from plugins: a candidate on each line, with its description after a tab, and on
 * the last line whether the shell offers files (0) or not (4).
 * https://github.com/spf13/cobra/blob/main/site/content/completions/_index.md#shellcompdirective
 */
export function completionText({ candidates, files }: Completion): string {
  const lines = candidates.map(({ word, about }) => (about === '' ? word : `${word}\t${about}`))
  return [...lines, files ? ':0' : ':4', ''].join('\n')
}
