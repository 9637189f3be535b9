import { join } from 'node:path'
import { ensureBinaries } from './build.ts'
import { must } from './run.ts'

/** The version of the control planes, such as `1.36.3`. It comes from the program, because KUBEBUILDER_ASSETS may contain any version. */
export async function serverVersion(): Promise<string> {
  return versionIn(await must(join(await ensureBinaries('controlplane'), 'kube-apiserver'), ['--version']))
}

/** @param text the output of `kube-apiserver --version` */
export function versionIn(text: string): string {
  const [, version] = /^Kubernetes v(\d+\.\d+\.\d+)/.exec(text) ?? []
  if (version === undefined)
    throw new Error(`found "${text.trim()}" from kube-apiserver --version; expected Kubernetes v and three numbers.`)
  return version
}

/** Whether a version is at least a minor version, such as 36 for Kubernetes 1.36. */
export function isAtLeast(version: string, minor: number): boolean {
  return Number(version.split('.')[1]) >= minor
}
