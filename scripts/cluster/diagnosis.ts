import { glob, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Core } from './core.ts'
import { lastLines } from './run.ts'

const questions = [
  ['get', 'nodes,pods', '--all-namespaces', '--output=wide'],
  ['get', 'events', '--all-namespaces', '--sort-by=.metadata.creationTimestamp'],
]

/** Collects the information that a user needs when something fails on a cluster. */
export async function diagnosisOf({ dir, kubectl }: Pick<Core, 'dir' | 'kubectl'>): Promise<string> {
  const parts: string[] = []
  for (const question of questions) {
    const { stdout, stderr } = await kubectl(...question)
    parts.push(`--- kubectl ${question.join(' ')}\n${stdout}${stderr}`)
  }
  for await (const log of glob(join(dir, '*.log'))) {
    parts.push(`--- the end of ${basename(log)}\n${lastLines(await readFile(log, 'utf8'))}\n`)
  }
  return parts.join('\n')
}
