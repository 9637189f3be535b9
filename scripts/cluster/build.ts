import { mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Binary, controlPlaneOf, type Group, groups, type Module } from './binaries.ts'
import { exists } from './exists.ts'
import { go } from './go.ts'
import { withLock } from './lock.ts'
import { prepareModule } from './modules.ts'
import { missingPrerequisites } from './prerequisites.ts'
import { controlPlaneVersion, versions } from './versions.ts'

const key = [...Object.entries(versions).flat(), process.platform, process.arch].join('-')

/** The directory of all built programs, with one directory for each set of versions. git ignores it. */
export const cacheDir = resolve(import.meta.dirname, '../../.cache/kubernetes', key)

/**
 * Builds the programs of a group from Go modules if they do not exist yet, which takes minutes. @returns their directory
 * If KUBEBUILDER_ASSETS is set, it is used for the control plane instead: a directory with etcd, kube-apiserver and kubectl.
 * `kubernetes` is the version of a control plane.
 */
export async function ensureBinaries(group: Group, kubernetes: string = controlPlaneVersion()): Promise<string> {
  const assets = process.env.KUBEBUILDER_ASSETS
  if (group === 'controlplane' && assets) return await checkedAssets(assets)
  const standard = join(cacheDir, 'bin')
  await ensureBuilt(groups[group], { bin: standard, kubernetes: versions.kubernetes })
  if (group !== 'controlplane' || kubernetes === versions.kubernetes) return standard

  const bin = join(cacheDir, `kubernetes-${kubernetes}`)
  await ensureBuilt(controlPlaneOf(kubernetes), { bin, kubernetes })
  for (const name of ['etcd', 'kubectl']) await ensureLink(join('../bin', name), join(bin, name))
  return bin
}

interface Place {
  /** the directory of the programs */
  bin: string
  /** the version of the module `kubernetes` */
  kubernetes: string
}

async function ensureBuilt(binaries: Binary[], { bin, kubernetes }: Place): Promise<void> {
  if ((await missingIn(bin, binaries)).length === 0) return

  const lacking = await missingPrerequisites()
  if (lacking) throw new Error(lacking)
  if (binaries === groups.node && process.platform !== 'linux')
    throw new Error(`found ${process.platform}; a node's containerd and kubelet run on Linux only.`)

  await mkdir(bin, { recursive: true })
  await withLock(join(cacheDir, 'lock'), async () => {
    await removeLeftovers()
    // Checked again, because another process may have built them while this one waited.
    await build(await missingIn(bin, binaries), { bin, kubernetes })
  })
}

async function ensureLink(target: string, path: string): Promise<void> {
  try {
    await symlink(target, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

async function checkedAssets(assets: string): Promise<string> {
  const missing: string[] = []
  for (const name of ['etcd', 'kube-apiserver', 'kubectl']) if (!(await exists(join(assets, name)))) missing.push(name)
  if (missing.length === 0) return assets
  throw new Error(
    `KUBEBUILDER_ASSETS=${assets} lacks ${missing.join(', ')}. Unset it to build them, or set it to a directory that contains them.`,
  )
}

async function missingIn(bin: string, binaries: Binary[]): Promise<Binary[]> {
  const there = await Promise.all(binaries.map(({ name }) => exists(join(bin, name))))
  return binaries.filter((_, index) => !there[index])
}

async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(cacheDir)) if (name.startsWith('half-')) await rm(join(cacheDir, name), { recursive: true, force: true })
}

async function build(binaries: Binary[], { bin, kubernetes }: Place): Promise<void> {
  const half = await mkdtemp(join(cacheDir, 'half-'))
  const prepared = new Set<Module>()
  for (const { name, version, module, source, flags } of binaries) {
    const startedMs = performance.now()
    console.error(`${name} ${version}: building from Go modules`)
    const dir = join(half, 'modules', module)
    if (!prepared.has(module)) await prepareModule(module, dir, kubernetes)
    prepared.add(module)
    const made = join(half, name)
    await go(['build', '-o', made, ...flags, source], dir)
    // A program is moved to bin when it is complete. A killed build leaves only a directory named half-….
    await rename(made, join(bin, name))
    console.error(`${name} ${version}: built in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`)
  }
  await rm(half, { recursive: true, force: true })
}
