import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

/** Test files of one folder that run in one process, one after the other. A group of one file is the file itself. */
export interface Group {
  folder: string
  files: string[]
}

/**
 * What only a file in a process of its own may do: set options or hooks for all tests of the process (`t.jobs`, `t.teardown`), pass these to a
 * function that does so (`await world(t)`), or change the environment.
 */
const changesTheProcess =
  /^t\.(jobs|setTimeout|before|after|beforeEach|afterEach|teardown)\b|^(const .* = )?(await )?(?!t\.)[\w.]+\((.*, ?)?t[,)]|process\.env\.\w+ = /m

/** @returns whether a test file with this source must have a process of its own */
export function needsOwnProcess(source: string): boolean {
  return changesTheProcess.test(source)
}

/** @returns the files by folder, and each file that needs a process of its own alone */
export function grouped(files: readonly { path: string; source: string }[]): Group[] {
  const alone = files.filter(({ source }) => needsOwnProcess(source))
  const shared = Object.groupBy(
    files.filter(file => !alone.includes(file)),
    ({ path }) => dirname(path),
  )
  return [
    ...Object.entries(shared).map(([folder, group = []]) => ({ folder, files: group.map(({ path }) => path) })),
    ...alone.map(({ path }) => ({ folder: dirname(path), files: [path] })),
  ]
}

/** The program that runs a group, as a file at `path`. */
export function groupSource(group: Group, path: string): string {
  return group.files.map(file => `await import('${relative(dirname(path), file)}')\n`).join('')
}

const groupsFolder = '.tap/groups'

/** @returns the name of a test or a file in the output of tap, with the folder of a group instead of the file that runs the group */
export function withoutGroup(name: string): string {
  return name.replace(new RegExp(`^${RegExp.escape(groupsFolder)}/(\\S+)\\.ts`), '$1/')
}

/** Writes the files that run groups, and returns what tap should run. */
export async function writeGroups(files: readonly string[], into = groupsFolder): Promise<string[]> {
  await rm(into, { recursive: true, force: true })
  const read = await Promise.all(files.map(async path => ({ path, source: await readFile(path, 'utf8') })))
  return await Promise.all(
    grouped(read).map(async group => {
      const [only] = group.files
      if (only !== undefined && group.files.length === 1) return only
      const path = join(into, `${group.folder}.ts`)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, groupSource(group, path))
      return path
    }),
  )
}
