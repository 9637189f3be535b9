import { dirname } from 'node:path'
import { blocksOf, type Hcl } from './hcl.ts'

/** References in expressions. Attributes of objects, such as `one.ref`, have no such beginning. */
const reference = /(?<![\w.])(?:(var|local|module)\.(\w+)|(data\.)?((?:aws|google)_\w+)\.(\w+))/g

/** What a module refers to and does not declare, and the variables that it declares and does not use. Only providers check more. */
export function wrongReferences(files: Record<string, Hcl>): string[] {
  const modules = Map.groupBy(Object.entries(files), ([path]) => dirname(path))
  return [...modules].flatMap(([module, entries]) => {
    const own = Object.fromEntries(entries)
    const used = referencesIn(JSON.stringify(own))
    const declared = declaredIn(own)
    const undeclared = [...used].filter(name => !declared.has(name))
    const unused = [...declared].filter(name => name.startsWith('var.') && !used.has(name))
    return [...undeclared.map(name => `${module}: ${name} is not declared`), ...unused.map(name => `${module}: ${name} is not used`)]
  })
}

function referencesIn(text: string): Set<string> {
  return new Set(
    [...text.matchAll(reference)].map(([, kind, name, data = '', type, label]) => (kind ? `${kind}.${name}` : `${data}${type}.${label}`)),
  )
}

function declaredIn(files: Record<string, Hcl>): Set<string> {
  const names = (type: string, prefix: string) => blocksOf(files, type).map(({ name }) => `${prefix}${name}`)
  const locals = Object.values(files).flatMap(({ locals = [] }) => (locals as Hcl[]).flatMap(Object.keys))
  return new Set([
    ...names('variable', 'var.'),
    ...names('module', 'module.'),
    ...names('resource', ''),
    ...names('data', 'data.'),
    ...locals.map(name => `local.${name}`),
  ])
}
