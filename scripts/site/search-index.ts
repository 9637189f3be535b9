import { join } from 'node:path'
import { importFrom } from './generator.ts'

/** What is used of Pagefind. https://pagefind.app/docs/node-api/ */
interface Pagefind {
  createIndex: () => Promise<{ errors: string[]; index?: Index }>
  close: () => Promise<unknown>
}
interface Index {
  addDirectory: (from: { path: string }) => Promise<{ errors: string[] }>
  writeFiles: (to: { outputPath: string }) => Promise<{ errors: string[] }>
}

/** Writes the index of a website's pages, and the program that searches it in the browser, to its folder `search`. */
export async function writeSearchIndex(modules: string, website: string): Promise<void> {
  const pagefind = await importFrom<Pagefind>(modules, 'pagefind/lib/index.js')
  try {
    const { index, errors } = await pagefind.createIndex()
    errors.push(...((await index?.addDirectory({ path: website }))?.errors ?? []))
    errors.push(...((await index?.writeFiles({ outputPath: join(website, 'search') }))?.errors ?? []))
    if (index === undefined || errors.length > 0) throw new Error(`found no index for the search: ${errors.join(', ')}`)
  } finally {
    await pagefind.close()
  }
}
