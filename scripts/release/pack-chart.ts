import { cp, glob, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBinaries } from '../cluster/build.ts'
import { must } from '../cluster/run.ts'
import { chartDir, readSchema, valuesFile, valuesTable } from '../docs/chart-values.ts'
import { withSection } from '../docs/section.ts'
import type { Destination } from './destination.ts'
import { stamped } from './stamp.ts'

export interface ChartRelease {
  version: string
  to: Destination
  /** of the image */
  digest: string
  /** the time that all of its files have: the commit's, so that a commit gives the same bytes */
  created: Date
  /** where it is put */
  dir: string
}

/** Packs the chart with the image that it is released with. @returns the `.tgz` file */
export async function packChart({ version, to, digest, created, dir }: ChartRelease): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), 'ecr-anywhere-chart-'))
  try {
    // The folder's name is the chart's.
    const chart = join(work, 'ecr-anywhere')
    await cp(fileURLToPath(chartDir), chart, { recursive: true })
    const schema = stamped(await readSchema(), to, digest)
    await writeFile(join(chart, 'values.schema.json'), `${JSON.stringify(schema, undefined, 2)}\n`)
    await writeFile(join(chart, 'values.yaml'), valuesFile(schema))
    const readme = await readFile(join(chart, 'README.md'), 'utf8')
    const own = readme.replaceAll('oci://HOST/PATH/charts', `oci://${to.charts}`)
    await writeFile(join(chart, 'README.md'), withSection(own, 'values', valuesTable(schema)))
    for await (const file of glob('**', { cwd: chart })) await utimes(join(chart, file), created, created)
    const helm = join(await ensureBinaries('helm'), 'helm')
    await must(helm, ['package', chart, '--destination', dir, '--version', version, '--app-version', version])
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  const file = join(dir, `ecr-anywhere-${version}.tgz`)
  // Helm writes it into the manifest that it pushes.
  await utimes(file, created, created)
  return file
}
