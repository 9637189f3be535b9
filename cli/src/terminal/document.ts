import { stringify } from 'yaml'

/** One JSON or YAML document for another program. */
export function documentText(format: 'json' | 'yaml', value: unknown): string {
  // Without aliases, which some readers of YAML do not accept. Long commands and messages stay on one line.
  return format === 'json' ? `${JSON.stringify(value)}\n` : stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 })
}
