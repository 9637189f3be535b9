/** As `kubectl` shows an object: `namespace/name`. */
export function namespacedName({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}/${name}`
}
