import { variables } from '@ecr-anywhere/shared/setting-variables.ts'
import { settingsOf } from '@ecr-anywhere/shared/settings.ts'
import type * as z from 'zod'

/** The table of environment variables for docs/reference/settings.md, generated from the schema that reads them. */
export function settingsTable(): string {
  const rows = Object.entries(variables).map(([name, schema]) => {
    const { default: fallback = '', about } = (schema as z.ZodType).meta() as { default?: string; about: string }
    return `| \`${name}\` | ${readers(name)} | ${fallback} | ${sentence(about)} |`
  })
  return ['| variable | read by | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

function readers(name: string): string {
  return Object.entries(settingsOf)
    .filter(([, schema]) => name in schema.shape)
    .map(([subcommand]) => subcommand)
    .join(', ')
}

/** A description begins in lower case and has no final period: see `setting-descriptions.ts`. */
function sentence(about: string): string {
  return `${about.slice(0, 1).toUpperCase()}${about.slice(1)}.`
}
