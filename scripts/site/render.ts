import { drawing, type Mermaid } from './diagram.ts'
import { importFrom } from './generator.ts'
import { configureMarkdown, type MarkdownIt } from './markdown-plugin.ts'
import { sitePages } from './navigation.ts'
import { pageData } from './page-data.ts'

/** What is used of Eleventy. https://www.11ty.dev/docs/programmatic/ */
interface EleventyModule {
  default: new (input: string, output: string, options: { quietMode: boolean; config: (config: EleventyConfig) => object }) => Eleventy
}
interface Eleventy {
  write: () => Promise<unknown>
}
interface EleventyConfig {
  addTemplate: (path: string, text: string, data: object) => void
  addPassthroughCopy: (paths: Record<string, string>) => void
  amendLibrary: (extension: string, change: (library: MarkdownIt) => void) => void
}

/** The files beside the pages. Eleventy reads paths from the working directory, which is this folder. */
const copied = { 'theme/style.css': 'style.css', 'theme/search.js': 'search.js', '../../docs/images': 'images' }

/** Writes each page of the navigation as HTML. @param texts the Markdown by the path from the root of the repository */
export async function renderPages(modules: string, texts: ReadonlyMap<string, string>, output: string): Promise<void> {
  const { default: Eleventy } = await importFrom<EleventyModule>(modules, '@11ty/eleventy/src/Eleventy.js')
  const draw = drawing(await importFrom<Mermaid>(modules, 'beautiful-mermaid/dist/index.js'))
  process.chdir(import.meta.dirname)
  const eleventy = new Eleventy('theme', output, {
    quietMode: true,
    config(config) {
      config.amendLibrary('md', library => configureMarkdown(library, draw))
      config.addPassthroughCopy(copied)
      for (const page of sitePages) {
        const text = texts.get(page.source)
        if (text === undefined) throw new Error(`found no page ${page.source}, which is in the navigation`)
        config.addTemplate(page.source, text, pageData(page, text))
      }
      // The pages are Markdown, and nothing in them is a template.
      return { markdownTemplateEngine: false }
    },
  })
  await eleventy.write()
}
