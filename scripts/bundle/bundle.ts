import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '../..')

/** Where the bundle is put; git ignores it. */
export const bundleDir = resolve(root, 'dist')
/** The file in it that node runs. */
export const commandName = 'ecr-anywhere.js'

export interface BundledFile {
  /** relative to the repository */
  path: string
  bytes: number
  /** the files whose code is in it, relative to the repository */
  from: string[]
}

/**
 * Makes one program of the command and all that it imports: `ecr-anywhere.js` and the chunks beside it, which a subcommand loads when it
 * needs them. @returns what was written, source maps too
 */
export async function bundle(outdir = bundleDir): Promise<BundledFile[]> {
  await rm(outdir, { recursive: true, force: true })
  const { metafile } = await build({
    entryPoints: { 'ecr-anywhere': resolve(root, 'cli/src/main.ts') },
    absWorkingDir: root,
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node26',
    // ES modules: the entry awaits at top level, and only their chunks can be split. One file instead makes `--help` read all of it.
    format: 'esm',
    splitting: true,
    mainFields: ['module', 'main'],
    // Names stay: a stack trace, or a profile, is read by people.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    sourcemap: true,
    // The maps lead to file and line; the text of them is in the repository, at the commit that the image's label names.
    sourcesContent: false,
    // What is CommonJS (fastify, pino) asks for node's own modules by `require`, which an ES module does not have.
    banner: { js: "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);" },
    metafile: true,
    logLevel: 'warning',
  })
  return Object.entries(metafile.outputs).map(([path, { bytes, inputs }]) => {
    // A file of which nothing is used is an input, too.
    const from = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    return { path, bytes, from: from.map(([input]) => input) }
  })
}
