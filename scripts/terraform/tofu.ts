import { chmod, cp } from 'node:fs/promises'
import { join } from 'node:path'
import { builtProgram } from '../cluster/built-program.ts'
import { go } from '../cluster/go.ts'
import { must } from '../cluster/run.ts'

export const tofuVersion = '1.12.6'

/** The program with which the tests apply modules: that of TERRAFORM, such as a Terraform 1.5, or OpenTofu. */
export async function terraformProgram(): Promise<string> {
  return process.env.TERRAFORM || (await ensureTofu())
}

/**
 * Builds OpenTofu from its Go module if it is not in the cache. This takes about four minutes.
 * Its go.mod has a `replace` directive, so `go install` refuses the module, and a copy of the module is built instead.
 *
 * @returns the path of `tofu`
 */
export function ensureTofu(): Promise<string> {
  return builtProgram({ name: 'tofu', version: tofuVersion, how: 'from its Go module, which takes about four minutes' }, build)
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
