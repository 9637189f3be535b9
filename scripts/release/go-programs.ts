import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { builtProgram } from '../cluster/built-program.ts'
import { go } from '../cluster/go.ts'

interface GoProgram {
  version: string
  module: string
  /** the import path of the main package */
  source: string
}

/** Programs for releases and for the check of workflows that npm does not have. Each is built from Go modules when it is needed. */
export const goPrograms = {
  /** pushes an OCI image layout; built in 20 s */
  oras: { version: '1.3.6', module: 'oras.land/oras', source: 'oras.land/oras/cmd/oras' },
  /** signs; built in three to ten minutes */
  cosign: { version: '3.1.3', module: 'github.com/sigstore/cosign/v3', source: 'github.com/sigstore/cosign/v3/cmd/cosign' },
  /** checks workflows; built in 10 s */
  actionlint: { version: '1.7.12', module: 'github.com/rhysd/actionlint', source: 'github.com/rhysd/actionlint/cmd/actionlint' },
  /** installs plugins of kubectl; built in 5 s */
  krew: { version: '0.5.0', module: 'sigs.k8s.io/krew', source: 'sigs.k8s.io/krew/cmd/krew' },
  /** checks the manifest of a plugin with the rules of the index of krew; built in 10 s */
  'validate-krew-manifest': { version: '0.5.0', module: 'sigs.k8s.io/krew', source: 'sigs.k8s.io/krew/cmd/validate-krew-manifest' },
} satisfies Record<string, GoProgram>

/** Builds a program if it is not in the cache. @returns its path */
export function ensureGoProgram(name: keyof typeof goPrograms): Promise<string> {
  const { version, module, source } = goPrograms[name]
  return builtProgram({ name, version, how: 'from Go modules' }, async half => {
    await writeFile(join(half, 'go.mod'), `module example.test/${name}\n\ngo 1.26.0\n`)
    await go(['get', `${module}@v${version}`], half)
    await go(['build', '-o', join(half, name), '-ldflags', '-s -w', source], half)
  })
}
