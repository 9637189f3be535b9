import { readFile } from 'node:fs/promises'
import { stringify } from 'yaml'

/** Values are described only in values.schema.json. values.yaml and the table in the chart's README are generated from it. */
export const chartDir = new URL('../../deploy/chart/', import.meta.url)

export interface Schema {
  description?: string
  default?: unknown
  examples?: unknown[]
  enum?: unknown[]
  properties?: Record<string, Schema>
}

/** A value that a user may set. */
export interface Value extends Schema {
  /** such as ['image', 'tag'] */
  path: string[]
}

const lineWidth = 110

/** @returns the schema of the chart */
export async function readSchema(): Promise<Schema> {
  return JSON.parse(await readFile(new URL('values.schema.json', chartDir), 'utf8'))
}

/** @returns every value that has a default, in the order of the schema */
export function valuesOf(schema: Schema, path: string[] = []): Value[] {
  if ('default' in schema) return [{ ...schema, path }]
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => valuesOf(value, [...path, key]))
}

/** @returns the content of values.yaml */
export function valuesFile(schema: Schema): string {
  const head = '# Made from values.schema.json by scripts/docs: change that file, then `npm run docs`.\n'
  return `${head}${block(schema, '')}`
}

function block(schema: Schema, indent: string): string {
  return Object.entries(schema.properties ?? {})
    .map(([key, value]) => {
      if ('default' in value)
        return `\n${commented(value.description ?? '', indent)}${indented(stringify({ [key]: value.default }), indent)}`
      const nested = block(value, `${indent}  `)
      return nested === '' ? '' : `\n${indent}${key}:${nested.startsWith('\n') ? '' : '\n'}${nested}`
    })
    .join('')
}

function commented(text: string, indent: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`
    if (line.length > lineWidth) lines.push(` ${word}`)
    else lines[lines.length - 1] = line
  }
  return lines.map(line => `${indent}#${line}\n`).join('')
}

function indented(text: string, indent: string): string {
  return text.replace(/^(?=.)/gm, indent)
}

/** @returns the table of values for the chart's README */
export function valuesTable(schema: Schema): string {
  const rows = valuesOf(schema).map(({ path, description = '', ...value }) => {
    const cells = [`\`${path.join('.')}\``, `\`${JSON.stringify(value.default)}\``, description]
    return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return ['| value | default | what it does |', '| --- | --- | --- |', ...rows].join('\n')
}
