import { access } from 'node:fs/promises'
import { must, run } from './run.ts'

/** The Debian packages that a node needs: runtime and network tools, a registry, and a compiler and a shell for two small images. */
export const debianPackages = [
  'runc',
  'containernetworking-plugins',
  'nftables',
  'iptables',
  'conntrack',
  'iproute2',
  'busybox-static',
  'gcc',
  'libc6-dev',
  'docker-registry',
  'skopeo',
]

/** Installs the missing ones of these packages and of `more`. @throws if no node can run here: without root, or not on Debian */
export async function ensureDebianPackages(more: string[] = []): Promise<void> {
  const unfit = await whyNoNode()
  if (unfit) throw new Error(unfit)
  const missing = await missingPackages([...debianPackages, ...more])
  if (missing.length === 0) return
  console.error(`apt-get installs ${missing.join(' ')}`)
  // RUNLEVEL=1 prevents invoke-rc.d from starting docker-registry, because it is only used inside a node.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  await must('apt-get', ['update'], { env })
  await must('apt-get', ['install', '--yes', '--no-install-recommends', ...missing], { env })
}

/** @returns the reason why no whole node can run here, or undefined */
export async function whyNoNode(): Promise<string | undefined> {
  const uid = process.getuid?.()
  const isDebian = await access('/etc/debian_version').then(
    () => true,
    () => false,
  )
  if (isDebian && uid === 0) return undefined
  const found = `${process.platform}${isDebian ? ' (Debian)' : ''} as user ${uid ?? 'unknown'}`
  return `A whole Kubernetes node needs root on Debian (network namespaces, mounts, cgroups): found ${found}; a control plane alone runs here.`
}

async function missingPackages(wanted: string[]): Promise<string[]> {
  const { stdout } = await run('dpkg-query', ['--list', ...wanted])
  // `ii  libc6-dev:amd64  2.36-9 …`
  const installed = new Set([...stdout.matchAll(/^ii +([^\s:]+)/gm)].map(([, name]) => name))
  return wanted.filter(name => !installed.has(name))
}
