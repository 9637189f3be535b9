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
  /** the digest of the image */
  digest: string
  /** the time of all its files, which is that of the commit, so that a commit always results in the same bytes */
  created: Date
  /** the folder of the `.tgz` file */
  dir: string
}

/** Packs the chart with the image of the release. @returns the `.tgz` file */
export async function packChart({ version, to, digest, created, dir }: ChartRelease): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), 'ecr-anywhere-chart-'))
  try {
    // The folder must have the name of the chart.
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
  // Helm writes the time of the file into the manifest that it pushes.
  await utimes(file, created, created)
  return file
}
