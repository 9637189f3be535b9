import { type ExportOption, exportOptions } from '@ecr-anywhere/cli/export/options.ts'

/** The table of the options of `export`, generated from the definitions that its command line is made of. */
export function exportTable(): string {
  const rows = Object.values<ExportOption>(exportOptions).map(({ flag, variable, default: fallback = '', about, sources }) => {
    const [name = ''] = flag.split(' ')
    const used = sources === undefined ? 'all' : sources.join(', ')
    return `| \`${name}\` | ${variable === undefined ? '' : `\`${variable}\``} | ${used} | ${fallback} | ${about.slice(0, 1).toUpperCase()}${about.slice(1)}. |`
  })
  return ['| flag | variable | sources | default | meaning |', '| --- | --- | --- | --- | --- |', ...rows].join('\n')
}
