import { sep } from 'node:path'

/** The folder of a package, as it is in the path of each of its files. */
export function packageFolder(name: string): string {
  return ['', 'node_modules', ...name.split('/'), ''].join(sep)
}
