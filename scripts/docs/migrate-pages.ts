import { glob, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { run } from '../cluster/run.ts'
import { commandFile, NODE_COMPILE_CACHE } from '../testbed/command.ts'
import { withSection } from './section.ts'

const root = resolve(import.meta.dirname, '../..')

/** The pages of docs/migrate with an example, from the root of the repository. */
export async function migratePages(): Promise<string[]> {
  const pages = await Array.fromAsync(glob('docs/migrate/*.md', { cwd: root }))
  return pages.filter(page => !page.endsWith('README.md')).sort()
}

export async function readPage(page: string): Promise<string> {
  return readFile(resolve(root, page), 'utf8')
}

/** The example of a page: its input, and the arguments of the command, which reads that input from stdin here. */
export function exampleIn(page: string): { input: string; args: string[] } {
  const [, input] = /^<!-- input -->\n```\w+\n(.*?)^```\n<!-- \/input -->$/ms.exec(page) ?? []
  const [, before, after] = /^ecr-anywhere (migrate [\w-]+) -f [\w.-]+(.*)$/m.exec(page) ?? []
  if (input === undefined || before === undefined) throw new Error('found no input or no command in the page')
  const rest = (after ?? '').split(' ').filter(word => word !== '')
  return { input, args: [...before.split(' '), '-f', '-', ...rest] }
}

/** The page with the output that its command prints. @throws with the output if the command does not understand the example */
export async function withOutput(page: string): Promise<string> {
  const { input, args } = exampleIn(page)
  const { code, stdout } = await run(process.execPath, [commandFile, ...args], { env: { NODE_COMPILE_CACHE }, input })
  if (code !== 0) throw new Error(`found exit code ${code} of ${args.join(' ')}:\n${stdout}`)
  return withSection(page, 'output', `\`\`\`text\n${stdout}\`\`\``)
}
