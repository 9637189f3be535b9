import { type ExportOption, exportOptions, nameOf, type OptionName } from './options.ts'

export type Given = Partial<Record<OptionName, string | boolean | undefined>>
export type Env = Record<string, string | undefined>

/** The values of the options: flags first, then variables. */
export interface OptionValues {
  value: (name: OptionName) => string | undefined
  /** The value, or undefined with a problem. An accepted value passes the test. */
  required: (name: OptionName, accepts?: RegExp) => string
  problem: (text: string) => void
  env: Env
}

/** @param problems each problem is added to it */
export function optionValues(given: Given, env: Env, problems: string[]): OptionValues {
  const value = (name: OptionName) => {
    const { variable }: ExportOption = exportOptions[name]
    const flag = given[name]
    return (typeof flag === 'string' ? flag : undefined) || (variable === undefined ? undefined : env[variable]) || undefined
  }
  return {
    value,
    required: (name, accepts = /./) => {
      const found = value(name)
      if (found !== undefined && accepts.test(found)) return found
      problems.push(`${nameOf(name)}: found ${shown(found)}, wanted ${exportOptions[name].about}`)
      return ''
    },
    problem: text => void problems.push(text),
    env,
  }
}

/** A value in a message. If a token was given where its file is wanted, it is not shown. */
export function shown(value: string | undefined): string {
  if (value === undefined) return 'nothing'
  return value.length > 300 || /^eyJ/.test(value) ? `a text of ${value.length} characters` : JSON.stringify(value)
}
