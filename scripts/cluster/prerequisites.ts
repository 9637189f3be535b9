import { chooseGo, type FoundGo, isOlder } from './go-choice.ts'
import { run } from './run.ts'

export const oldestNode = '20.0.0'

export interface Found extends FoundGo {
  /** `process.versions.node` */
  node: string
}

/** @returns a message that lists all missing prerequisites of a build that cannot be downloaded, or undefined */
export async function missingPrerequisites(): Promise<string | undefined> {
  const missing = missingFrom({ node: process.versions.node, ...(await findGo()) })
  return missing.length === 0 ? undefined : `To build a real Kubernetes this machine lacks: ${missing.join('; ')}.`
}

/** @returns the prerequisites that are missing or too old */
export function missingFrom({ node, ...go }: Found): string[] {
  const choice = chooseGo(go)
  return [
    ...(isOlder(node, oldestNode) ? [`Node >= ${oldestNode} (found ${node})`] : []),
    ...(choice.kind === 'missing' ? [choice.why] : []),
  ]
}

/** @returns the build tools of this machine */
export async function findGo(): Promise<FoundGo> {
  const [go, pip] = await Promise.all([answer('go', ['env', 'GOVERSION'], { GOTOOLCHAIN: 'local' }), hasPip()])
  return { go, pip }
}

/** Whether there is a Python 3 with pip. */
export async function hasPip(): Promise<boolean> {
  return (await answer('python3', ['-m', 'pip', '--version'])) !== undefined
}

/** @returns the output of a program, or undefined if it does not exist or fails */
async function answer(file: string, args: string[], env: Record<string, string> = {}): Promise<string | undefined> {
  try {
    const { code, stdout } = await run(file, args, { env: { ...process.env, ...env } })
    return code === 0 ? stdout.trim() : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
