import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { must } from '../cluster/run.ts'
import { type Architecture, readBaseLock } from '../image/base-lock.ts'
import { nodePackage } from '../image/download.ts'
import { withoutSections } from '../image/elf.ts'

/**
 * The settings of `node --build-sea`. The paths are relative, so that they do not change the program. A code cache would exclude `import()`,
 * and is only valid on the machine that made it. NODE_OPTIONS is for the Node of the user, and is not read.
 * https://nodejs.org/api/single-executable-applications.html
 */
export const seaConfig = {
  main: 'main.mjs',
  mainFormat: 'module',
  executable: 'node',
  output: 'program',
  disableExperimentalSEAWarning: true,
  useSnapshot: false,
  useCodeCache: false,
  execArgvExtension: 'none',
} as const

/**
 * Makes one executable of Node and a bundle. Node is that of npm's package for the architecture, as in the image, without its symbols.
 * Nothing of it is run, so it can be made on any architecture.
 *
 * @param main the bundle
 * @returns the program, and the licence of Node
 */
export async function makeProgram(architecture: Architecture, main: string): Promise<{ program: Buffer; licence: string }> {
  const { node } = (await readBaseLock()).architectures[architecture]
  if (node.version !== process.versions.node)
    throw new Error(
      `found Node ${process.versions.node}, and Node ${node.version} in base-lock.json; wanted one version, because a Node can only build executables of its own version. Run \`npm run image:lock\`, or this through npm.`,
    )
  const work = await mkdtemp(join(tmpdir(), 'ecr-anywhere-executable-'))
  try {
    const parts = ['package/bin/node', 'package/LICENSE']
    await must('tar', ['--extract', '--gzip', `--file=${await nodePackage(node)}`, `--directory=${work}`, ...parts])
    await writeFile(join(work, seaConfig.executable), withoutSections(await readFile(join(work, 'package/bin/node'))))
    await writeFile(join(work, seaConfig.main), main)
    await writeFile(join(work, 'sea.json'), JSON.stringify(seaConfig))
    await must(process.execPath, ['--build-sea', 'sea.json'], { cwd: work })
    return { program: await readFile(join(work, seaConfig.output)), licence: await readFile(join(work, 'package/LICENSE'), 'utf8') }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
