import { stringify } from 'yaml'
import type { Architecture } from '../image/base-lock.ts'
import { source } from '../image/image-config.ts'

/** The name of the plugin, and thus of its manifest. */
export const pluginName = 'ecr-anywhere'
/** The program in each archive. krew links `kubectl-ecr_anywhere` to it. */
export const programName = 'ecr-anywhere'

export interface PluginRelease {
  version: string
  /** The address of the folder with the archives. */
  filesUrl: string
  archives: readonly { architecture: Architecture; file: string; sha256: string }[]
}

/** The manifest of the plugin for krew. https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/ */
export function krewManifest({ version, filesUrl, archives }: PluginRelease): string {
  const base = filesUrl.replace(/\/+$/, '')
  return stringify({
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: pluginName },
    spec: {
      version: `v${version}`,
      homepage: source,
      shortDescription: 'ECR image pull secrets that renew themselves',
      description:
        'Shows the image pull secrets that ECR Anywhere manages, when they expire and who uses them (status), asks the registries whether they work (verify), finds the broken link (doctor), and writes the values and AWS policies for a new cluster (init).\n',
      caveats:
        'Start with `kubectl ecr-anywhere status -A`. For completion, put a script beside the plugin:\n  kubectl ecr-anywhere completion kubectl > ~/.krew/bin/kubectl_complete-ecr_anywhere\n  chmod +x ~/.krew/bin/kubectl_complete-ecr_anywhere\n',
      platforms: archives.map(({ architecture, file, sha256 }) => ({
        selector: { matchLabels: { os: 'linux', arch: architecture } },
        uri: `${base}/${file}`,
        sha256,
        bin: programName,
      })),
    },
  })
}
