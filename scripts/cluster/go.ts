import { lastLines, run } from './run.ts'

/**
 * Runs `go` in a module's directory and returns its stdout; throws the end of its stderr where it fails.
 * Flags are set here, so that a developer's own GOFLAGS, go.work or toolchain switch cannot change what is built.
 */
export async function go(args: string[], cwd: string): Promise<string> {
  const env = { ...process.env, GOFLAGS: '-mod=mod -buildvcs=false', GOTOOLCHAIN: 'local', GOWORK: 'off' }
  const { code, stdout, stderr } = await run('go', args, { cwd, env })
  if (code !== 0) throw new Error(`go ${args.slice(0, 2).join(' ')} ended with code ${code}:\n${lastLines(stderr)}`)
  return stdout
}
