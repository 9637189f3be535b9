import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { builtProgram } from '../cluster/built-program.ts'
import { go } from '../cluster/go.ts'
import { must } from '../cluster/run.ts'
import { extracted } from './extract.ts'

/** Go 1.26 refuses the modules of 3.6, which require Go 1.27. */
export const argoCdVersion = '3.5.7'
const ownFiles = join(import.meta.dirname, 'program')

/** The names of the Secrets that Argo CD uses for a URL, or null. */
export interface Match {
  /** The Secret of the type `repository`, whose URL is the same. */
  repository: string | null
  /** The Secret of the type `repo-creds` with the longest URL with which this one begins. */
  template: string | null
}

/**
 * Asks the code of Argo CD which of the Secrets it uses for each URL.
 *
 * @param secrets a list in JSON, as `kubectl get secrets -o json` prints it
 */
export async function argoCdMatches(secrets: string, urls: readonly string[]): Promise<Match[]> {
  const lines = await must(await ensureMatching(), [...urls], { input: secrets })
  return lines
    .trimEnd()
    .split('\n')
    .map((line): Match => JSON.parse(line))
}

/** Building takes some seconds. @returns the path of the program */
function ensureMatching(): Promise<string> {
  return builtProgram({ name: 'argo-cd-matching', version: argoCdVersion, file: 'asked', how: 'from the Go module of Argo CD' }, build)
}

async function build(half: string): Promise<void> {
  await writeFile(join(half, 'go.mod'), 'module argo.test/asked\n\ngo 1.24\n')
  const { Dir: theirs } = JSON.parse(await go(['mod', 'download', '-json', `github.com/argoproj/argo-cd/v3@v${argoCdVersion}`], half))
  const source = (path: string) => readFile(join(theirs, path), 'utf8')
  const files = extracted({
    common: await source('common/common.go'),
    git: await source('util/git/git.go'),
    secrets: await source('util/db/repository_secrets.go'),
  })
  await cp(ownFiles, half, { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(half, path)), { recursive: true })
    await writeFile(join(half, path), text)
  }
  await go(['build', '-o', join(half, 'asked'), '.'], half)
}
