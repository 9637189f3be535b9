import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type BuildOptions, build, type Metafile } from 'esbuild'
import { packageLeftOut } from './package-left-out.ts'
import { unusedLeftOut } from './unused-left-out.ts'

const root = resolve(import.meta.dirname, '../..')

/** The directory of the bundle, which git ignores. */
export const bundleDir = resolve(root, 'dist')
/** The file in it that Node runs. */
export const commandName = 'ecr-anywhere.js'

export interface BundledFile {
  /** the directory, relative to the repository */
  path: string
  bytes: number
  /** the files whose code is in the bundle, relative to the repository */
  from: string[]
}

export interface Bundle {
  /** Its directory. */
  dir: string
  files: BundledFile[]
}

const common = {
  entryPoints: { 'ecr-anywhere': resolve(root, 'cli/src/main.ts') },
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node26',
  // ES modules are needed for top-level await and for chunks.
  format: 'esm',
  mainFields: ['module', 'main'],
  // Names are kept, because users read stack traces and profiles.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // client-node uses undici for requests, which we send with our own transport.
  plugins: [
    packageLeftOut('undici', { usedBy: '@kubernetes/client-node', exports: ['Agent', 'ProxyAgent', 'fetch'] }),
    unusedLeftOut('@kubernetes/client-node'),
  ],
  // CommonJS packages (fastify, pino) load modules of Node by `require`, which an ES module does not have.
  banner: { js: "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);" },
  logLevel: 'warning',
} satisfies BuildOptions

/**
 * Bundles the command and all that it imports: `ecr-anywhere.js`, and chunks that a subcommand loads when it needs them.
 * @returns the written files, including source maps
 */
export async function bundle(dir = bundleDir): Promise<Bundle> {
  await rm(dir, { recursive: true, force: true })
  const { metafile } = await build({
    ...common,
    metafile: true,
    outdir: dir,
    // With a single file, `--help` would read all of it.
    splitting: true,
    sourcemap: true,
    // The maps contain files and lines. The sources are in the repository, at the commit in the label of the image.
    sourcesContent: false,
  })
  return { dir, files: bundledFiles(metafile) }
}

/** Bundles the same into one file without a source map, for an executable, which cannot contain chunks. */
export async function bundleSingleFile(outdir: string): Promise<BundledFile[]> {
  const { metafile } = await build({ ...common, metafile: true, outdir })
  return bundledFiles(metafile)
}

function bundledFiles({ outputs }: Metafile): BundledFile[] {
  return Object.entries(outputs).map(([path, { bytes, inputs }]) => {
    // Files of which nothing is used are also inputs.
    const from = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    return { path, bytes, from: from.map(([input]) => input) }
  })
}
