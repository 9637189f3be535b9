import { chmod, cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { exists } from '../cluster/exists.ts'
import { go } from '../cluster/go.ts'
import { withLock } from '../cluster/lock.ts'
import { must } from '../cluster/run.ts'

export const tofuVersion = '1.12.6'
const cache = resolve(import.meta.dirname, '../../.cache/go')

/** The program with which the tests apply modules: that of TERRAFORM, such as a Terraform 1.5, or OpenTofu. */
export async function terraformProgram(): Promise<string> {
  return process.env.TERRAFORM || (await ensureTofu())
}

/**
 * Builds OpenTofu from its Go module if it is not in the cache, under a folder that its version names. This takes about four minutes.
 * Its go.mod has a `replace` directive, so `go install` refuses the module, and a copy of the module is built instead.
 *
 * @returns the path of `tofu`
 */
export async function ensureTofu(): Promise<string> {
  const dir = join(cache, `tofu-${tofuVersion}-${process.platform}-${process.arch}`)
  const program = join(dir, 'tofu')
  if (await exists(program)) return program
  await mkdir(dir, { recursive: true })
  await withLock(join(dir, 'lock'), async () => {
    if (await exists(program)) return
    const startedMs = performance.now()
    console.error(`tofu ${tofuVersion}: building from its Go module, which takes about four minutes`)
    const half = await mkdtemp(join(dir, 'half-'))
    try {
      await build(half)
      await rename(join(half, 'tofu'), program)
    } finally {
      await rm(half, { recursive: true, force: true })
    }
    console.error(`tofu ${tofuVersion}: built in ${((performance.now() - startedMs) / 1000).toFixed(0)} s`)
  })
  return program
}

async function build(half: string): Promise<void> {
  const { Dir: downloaded } = JSON.parse(await go(['mod', 'download', '-json', `github.com/opentofu/opentofu@v${tofuVersion}`], half))
  const source = join(half, 'source')
  await cp(downloaded, source, { recursive: true })
  // Files in Go's module cache are read-only, and so are their copies, but the build may change go.mod.
  await chmod(source, 0o755)
  await must('chmod', ['-R', 'u+w', source])
  await go(['build', '-o', join(half, 'tofu'), '-ldflags', '-s -w -X github.com/opentofu/opentofu/version.dev=no', './cmd/tofu'], source)
}
