import type { Plugin } from 'esbuild'
import { packageFolder } from './package-folder.ts'

/** Marks the resolutions that this plugin has asked for itself. */
const asked = Symbol('asked')

/**
 * Leaves out the modules of a package that nothing uses. esbuild does so by itself only for packages that say `"sideEffects": false`, which
 * `@kubernetes/client-node` does not, although its modules only define things. A program needs those that read a kubeconfig. The others took
 * 9 MB of the memory of each process.
 *
 * @param name of a package whose modules have no effect when they are loaded. The packages that it uses are not changed
 */
export function unusedLeftOut(name: string): Plugin {
  const folder = packageFolder(name)
  const isInside = (path: string) => path.includes(folder) && !path.slice(path.lastIndexOf(folder) + folder.length).includes('node_modules')
  return {
    name: `unused modules of ${name}`,
    setup({ onResolve, resolve }) {
      onResolve({ filter: /./ }, async ({ path, pluginData, ...from }) => {
        if (pluginData === asked || (path !== name && !isInside(from.importer))) return undefined
        const found = await resolve(path, { ...from, pluginData: asked })
        return isInside(found.path) ? { ...found, sideEffects: false } : found
      })
    },
  }
}
