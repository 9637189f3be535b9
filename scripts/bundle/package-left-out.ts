import type { Plugin } from 'esbuild'
import { packageFolder } from './package-folder.ts'

/**
 * Leaves out a package that another package imports, but needs only for functions that we do not call. In its place is a module with the same names,
 * each of which throws if it is used.
 *
 * @param name of the package @param usedBy the package that imports it @param exports the names that this one imports
 */
export function packageLeftOut(name: string, { usedBy, exports }: { usedBy: string; exports: readonly string[] }): Plugin {
  const folder = packageFolder(usedBy)
  const namespace = `left-out-${name}`
  return {
    name: `without ${name} of ${usedBy}`,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${RegExp.escape(name)}$`) }, ({ importer, path }) => {
        return importer.includes(folder) ? { path, namespace } : undefined
      })
      onLoad({ filter: /./, namespace }, () => ({
        contents: exports.map(used => `export function ${used}() { throw new Error('${name} is not in this bundle: ${used}') }`).join('\n'),
      }))
    },
  }
}
