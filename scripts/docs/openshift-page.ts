import { readFile } from 'node:fs/promises'

export const pageFile = new URL('../../docs/getting-started/openshift.md', import.meta.url)
export const page = await readFile(pageFile, 'utf8')

/** The lines of the page's shell blocks that begin with a text, such as `oc `. */
export function linesOf(start: string): string[] {
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.trimEnd().split('\n'))
  return blocks.filter(line => line.startsWith(start))
}

/** The rows of the troubleshooting table. */
export function rows(): string[] {
  const [, section = ''] = /^## Troubleshooting\n(.*?)^## /ms.exec(page) ?? []
  return section.split('\n').filter(line => /^\| (?!what you see|---)/.test(line))
}

/** Whether a command or a row of the table is about running pods, which only a node has. */
export function needsNode(text: string): boolean {
  return /^oc (?:logs|exec|wait) |^\| a pod /.test(text)
}

/** The command for a release in another namespace than the page's. */
export function forThisRelease(command: string, namespace: string): string {
  return command
    .replaceAll(/-n ecr-anywhere(?![\w-])/g, `-n ${namespace}`)
    .replaceAll('serviceaccount:ecr-anywhere:', `serviceaccount:${namespace}:`)
}
