import { parseDocument } from 'yaml'
import { settingsFault } from './settings-fault.ts'

/**
 * Reads a settings file.
 *
 * @param name the variable that names the file, for the error message
 * @throws Fault `settings` if the text is not YAML. The text itself is not quoted
 */
export function parseYaml(name: string, text: string): unknown {
  const document = parseDocument(text)
  const problems = document.errors.map(({ code, pos }) => `${name}: found ${code} at character ${pos[0]}, wanted YAML`)
  if (problems.length > 0) throw settingsFault(problems)
  return document.toJS()
}
