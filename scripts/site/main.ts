import { glob, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readPages, root } from '../docs/pages.ts'
import { deadLinks } from './dead-links.ts'
import { drawing, type Mermaid } from './diagram.ts'
import { ensureGenerator } from './generator.ts'
import { configureMarkdown, type MarkdownIt } from './markdown-plugin.ts'
import { sitePages } from './navigation.ts'
import { pageData } from './page-data.ts'

/** `make docs`: writes the website to `dist/docs`. The exit code is 1 if a link of it leads nowhere. */
const startedMs = performance.now()
const output = resolve(root, 'dist/docs')
const modules = await ensureGenerator()
const pages = await readPages()
await rm(output, { recursive: true, force: true })

/** What is used of Eleventy. https://www.11ty.dev/docs/programmatic/ */
interface Eleventy {
  write: () => Promise<unknown>
}
interface EleventyConfig {
  addTemplate: (path: string, text: string, data: object) => void
  addPassthroughCopy: (paths: Record<string, string>) => void
  amendLibrary: (extension: string, change: (library: MarkdownIt) => void) => void
}
interface EleventyModule {
  default: new (input: string, output: string, options: { quietMode: boolean; config: (config: EleventyConfig) => object }) => Eleventy
}
const imported = async <Module>(path: string) => (await import(pathToFileURL(join(modules, path)).href)) as Module
const { default: Eleventy } = await imported<EleventyModule>('@11ty/eleventy/src/Eleventy.js')
const draw = drawing(await imported<Mermaid>('beautiful-mermaid/dist/index.js'))

process.chdir(import.meta.dirname)
const generator = new Eleventy('theme', output, {
  quietMode: true,
  config(config) {
    config.amendLibrary('md', library => configureMarkdown(library, draw))
    config.addPassthroughCopy({ 'theme/style.css': 'style.css', '../../docs/images': 'images' })
    for (const page of sitePages)
      config.addTemplate(page.source, pages.get(page.source) ?? '', pageData(page, pages.get(page.source) ?? ''))
    // The pages are Markdown, and nothing in them is a template.
    return { markdownTemplateEngine: false }
  },
})
await generator.write()

const files = new Map<string, string | undefined>()
for await (const path of glob('**/*.*', { cwd: output }))
  files.set(path, path.endsWith('.html') ? await readFile(join(output, path), 'utf8') : undefined)
const dead = deadLinks(files)
for (const link of dead) console.error(`dead link: ${link}`)
console.log(
  `${[...files.values()].filter(text => text !== undefined).length} pages in dist/docs, ${dead.length} dead links, ${((performance.now() - startedMs) / 1000).toFixed(1)} s`,
)
process.exitCode = dead.length === 0 ? 0 : 1
