import { existsSync } from 'node:fs'
import { glob, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { brokenLinks } from '../docs/broken-links.ts'
import { readPages, root } from '../docs/pages.ts'
import { deadLinks } from './dead-links.ts'
import { ensureGenerator } from './generator.ts'
import { renderPages } from './render.ts'
import { writeSearchIndex } from './search-index.ts'

/** `make docs`: writes the website to `dist/docs`. The exit code is 1 if a link of it leads nowhere. */
const startedMs = performance.now()
const output = resolve(root, 'dist/docs')
const pages = await readPages()
const modules = await ensureGenerator()
await rm(output, { recursive: true, force: true })
await renderPages(modules, pages, output)
await writeSearchIndex(modules, output)

const files = new Map<string, string | undefined>()
for await (const path of glob('**/*.*', { cwd: output }))
  files.set(path, path.endsWith('.html') ? await readFile(join(output, path), 'utf8') : undefined)
// On the website, a link to a file that is not on it leads to the repository.
const dead = [...brokenLinks(pages, path => existsSync(join(root, path))), ...deadLinks(files)]
for (const link of dead) console.error(`dead link: ${link}`)
const count = [...files.values()].filter(text => text !== undefined).length
console.log(`${count} pages in dist/docs, ${dead.length} dead links, ${((performance.now() - startedMs) / 1000).toFixed(1)} s`)
process.exitCode = dead.length === 0 ? 0 : 1
