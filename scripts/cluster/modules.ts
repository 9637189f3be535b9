import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Module } from './binaries.ts'
import { go } from './go.ts'
import { versions } from './versions.ts'

// The newest Go version that all three modules accept. `go get` raises it if a module requires more.
const goLine = '1.26.0'

/** Makes `dir` a Go module from which the programs can be built, in the versions of versions.ts or of another Kubernetes. */
export async function prepareModule(module: Module, dir: string, kubernetes: string): Promise<void> {
  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, 'go.mod'), `module example.test/${module}\n\ngo ${goLine}\n`)
  if (module === 'kubernetes') await prepareKubernetes(dir, kubernetes)
  else
    await go(
      [
        'get',
        { containerd: `github.com/containerd/containerd/v2@v${versions.containerd}`, helm: `helm.sh/helm/v4@v${versions.helm}` }[module],
      ],
      dir,
    )
}

async function prepareKubernetes(dir: string, version: string): Promise<void> {
  const source = downloaded(await go(['mod', 'download', '-json', `k8s.io/kubernetes@v${version}`], dir))
  const theirs = await readFile(join(source, 'go.mod'), 'utf8')
  await writeFile(join(dir, 'go.mod'), kubernetesGoMod(theirs, version))
  await copyFile(join(source, 'go.sum'), join(dir, 'go.sum'))
}

function downloaded(json: string): string {
  const answer: unknown = JSON.parse(json)
  if (typeof answer === 'object' && answer !== null && 'Dir' in answer && typeof answer.Dir === 'string') return answer.Dir
  throw new Error(`found no Dir in what \`go mod download -json\` printed: ${json}`)
}

/**
 * A go.mod that builds `k8s.io/kubernetes` outside its repository. Kubernetes requires its staging modules (k8s.io/api, …) as v0.0.0 and
 * replaces them by folders, which `go install` rejects. Here each is replaced by its published version, v0.36.3 for Kubernetes 1.36.3.
 * The other requirements and the settings of Go are copied, because `go mod tidy` would add the requirements of tests.
 */
export function kubernetesGoMod(theirs: string, version: string): string {
  const staged = `v${version.replace(/^1\./, '0.')}`
  const staging = [...theirs.matchAll(/^\t(k8s\.io\/[a-z-]+) v0\.0\.0$/gm)].map(([, name]) => name)
  const requirements = [...theirs.matchAll(/^require \([^)]*\)$/gm)].map(([block]) => block.replace(/ v0\.0\.0$/gm, ` ${staged}`))
  const replacements = staging.map(name => `replace ${name} => ${name} ${staged}`).join('\n')
  const own = `require k8s.io/kubernetes v${version}`
  const behaviour = theirs.match(/^(go|godebug) .*$/gm) ?? []
  return `${['module example.test/kubernetes', ...behaviour, own, ...requirements.map(pinnedEtcd(version)), replacements].join('\n\n')}\n`
}

/** The etcd server is built with the standard version. Other Kubernetes versions keep the etcd client of their release. */
function pinnedEtcd(version: string): (requirements: string) => string {
  if (version !== versions.kubernetes) return requirements => requirements
  return requirements => requirements.replace(/(go\.etcd\.io\/etcd\/\S+) v3\S+/g, `$1 v${versions.etcd}`)
}
