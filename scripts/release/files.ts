import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { must } from '../cluster/run.ts'
import { chartIndex } from './chart-index.ts'

/** Writes the index.yaml of a chart repository into the folder of its only chart. */
export async function writeChartIndex(chart: string, dir: string, created: Date): Promise<void> {
  const metadata = parse(await must('tar', ['--extract', '--gzip', '--to-stdout', `--file=${chart}`, 'ecr-anywhere/Chart.yaml']))
  const index = chartIndex({ metadata, file: basename(chart), digest: await sha256(chart), created })
  await writeFile(join(dir, 'index.yaml'), index)
}

/** Writes the checksums of all files in a folder, in the format of `sha256sum --check`. @returns the file */
export async function writeChecksums(dir: string): Promise<string> {
  const file = join(dir, 'checksums.txt')
  const names = (await readdir(dir)).sort()
  const lines = await Promise.all(names.map(async name => `${await sha256(join(dir, name))}  ${name}\n`))
  await writeFile(file, lines.join(''))
  return file
}

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
}
