import { run } from './run.ts'

/** kube 1.36, containerd 2.4 and Helm 4.3 name at most this one in their go.mod. */
export const oldestGo = '1.26.6'
export const oldestNode = '20.0.0'

export interface Found {
  /** `process.versions.node` */
  node: string
  /** what `go env GOVERSION` printed; undefined where there is no go */
  go: string | undefined
}

/** One sentence that names everything that building needs and this machine lacks; undefined where nothing is missing. */
export async function missingPrerequisites(): Promise<string | undefined> {
  const missing = missingFrom({ node: process.versions.node, go: await goVersion() })
  return missing.length === 0 ? undefined : `To build a real Kubernetes this machine lacks: ${missing.join('; ')}.`
}

/** What is missing or too old, one entry each. */
export function missingFrom({ node, go }: Found): string[] {
  const missing: string[] = []
  if (isOlder(node, oldestNode)) missing.push(`Node >= ${oldestNode} (found ${node})`)
  if (go === undefined) missing.push(`Go >= ${oldestGo} on the PATH (found none; https://go.dev/dl)`)
  else if (isOlder(go.replace(/^go/, ''), oldestGo)) missing.push(`Go >= ${oldestGo} (found ${go}; https://go.dev/dl)`)
  return missing
}

function isOlder(version: string, oldest: string): boolean {
  const found = version.split(/\D+/).map(Number)
  const wanted = oldest.split('.').map(Number)
  const at = wanted.findIndex((part, index) => (found[index] ?? 0) !== part)
  return at !== -1 && (found[at] ?? 0) < (wanted[at] ?? 0)
}

async function goVersion(): Promise<string | undefined> {
  try {
    const { code, stdout } = await run('go', ['env', 'GOVERSION'], { env: { ...process.env, GOTOOLCHAIN: 'local' } })
    return code === 0 ? stdout.trim() : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
