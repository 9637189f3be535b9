import { glob, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

/** Every Markdown page of the repository that readers see, from the root, with its text. */
export async function readPages(): Promise<Map<string, string>> {
  const found = await Array.fromAsync(glob(['*.md', 'docs/**/*.md', 'deploy/**/*.md'], { cwd: root }))
  return new Map(await Promise.all(found.sort().map(async page => [page, await readFile(resolve(root, page), 'utf8')] as const)))
}
