import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleDir, commandName } from '../bundle/bundle.ts'
import { nodeFlags } from '../bundle/node-flags.ts'
import { makeArchives, unpacked } from '../executable/archives.ts'
import { ownArchitecture } from '../image/base-lock.ts'
import { commandFile } from '../testbed/command.ts'
import { startWebhook } from '../testbed/webhook-process.ts'
import type { Bed } from './bed.ts'
import type { Figure } from './figures.ts'
import { median } from './pairs.ts'
import { timed, uncached } from './processes.ts'
import { ended, plain } from './refreshes.ts'

/** Measures the time from start to ready and the time of `--help`, from source and from the bundle, and of the executable's `--help`. */
export async function starts({ bed }: Bed, count: number): Promise<Figure[]> {
  const programs = { 'the source': [commandFile], 'the bundle': [...nodeFlags, join(bundleDir, commandName)] }
  const figures: Figure[] = []
  for (const [name, program] of Object.entries(programs)) {
    const ready: number[] = []
    const help: number[] = []
    for (let at = 0; at < count; at += 1) {
      const startedMs = performance.now()
      const webhook = await startWebhook({ env: { ...uncached, ...bed.env }, program })
      ready.push((performance.now() - startedMs) / 1000)
      await webhook.stop('SIGKILL')
      help.push(ended(await timed([...program, '--help'])).seconds)
    }
    figures.push(plain({ what: `start to ready, ${name}`, unit: 's', ours: median(ready), wanted: { atMost: 0.6 } }))
    figures.push(plain({ what: `--help, ${name}`, unit: 's', ours: median(help), wanted: { atMost: 0.2 } }))
  }
  figures.push(await executableHelp(count))
  return figures
}

/** The executable reads its whole bundle at each start, because it cannot contain chunks. */
async function executableHelp(count: number): Promise<Figure> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ecr-anywhere-bench-'))
  const [archive] = await makeArchives([ownArchitecture()])
  if (archive === undefined) throw new Error('found no executable for this machine')
  const program = await unpacked(archive, folder.path)
  const help: number[] = []
  for (let at = 0; at < count; at += 1) help.push(ended(await timed(['--help'], {}, program)).seconds)
  return plain({ what: '--help, the executable', unit: 's', ours: median(help), wanted: { atMost: 0.3 } })
}
