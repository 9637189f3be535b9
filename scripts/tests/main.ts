import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bundle, bundle, commandName } from '../bundle/bundle.ts'
import { startControlPlane } from '../cluster/control-plane.ts'
import { whyNoNode } from '../cluster/debian.ts'
import { controlPlaneVersion, kubernetesVersions } from '../cluster/versions.ts'
import { makeLocalImage } from '../image/image.ts'
import { joined } from '../testbed/shared-cluster.ts'
import { readArguments } from './arguments.ts'
import { lessCovered } from './coverage.ts'
import { writeGroups } from './groups.ts'
import { report } from './report.ts'
import { slowest } from './slowest.ts'

/**
 * Runs a suite with tap: `unit` in process, `command` in processes, `cluster` on control planes that its files share (TEST_KUBECONFIG), `e2e` on
 * complete nodes. `compatibility` is a set of the cluster tests that runs on several versions of Kubernetes.
 * Files after the name of the suite run instead of the whole suite.
 */
const { suite, kubernetes, named, files } = await readArguments(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message)
  process.exit(2)
})
// Set for this process and for the tests that it starts.
if (suite !== 'compatibility' && kubernetes[0] !== undefined) process.env.KUBERNETES_VERSION = kubernetes[0]

/** The number of concurrent control planes or nodes, each with one file, for two cores. Tests wait for a part of their time. */
const atOnce = { controlPlanes: 3, nodes: 2 }

const startedMs = performance.now()
const suites = { command: inProcesses, cluster: onControlPlanes, compatibility: onVersions, e2e: onNodes }
// Unit tests import the source, whose coverage is measured.
process.exitCode = await (suite === 'unit' ? unit() : withBundle(suites[suite]))
console.error(`${suite}: ${files.length} files in ${Math.round((performance.now() - startedMs) / 1000)} s`)

/**
 * Checks the coverage if the whole suite runs. Three processes run at a time, also on two cores, because some wait for a hanging AWS. The files of a
 * folder share a process, because to load tap and the libraries takes ten times as long as most of the files.
 */
async function unit(): Promise<number> {
  if (named) return await tap(files, ['--timeout=180', '--disable-coverage'], {})
  const flags = ['--timeout=600', '--jobs=3', '--allow-incomplete-coverage', '--coverage-report=json-summary']
  const code = await tap(await writeGroups(files), flags, {})
  const gaps = await lessCovered()
  for (const gap of gaps) console.error(gap)
  return gaps.length === 0 ? code : 1
}

/** Four files at a time, because some wait for a hanging AWS. */
async function inProcesses(): Promise<number> {
  return await tap(files, ['--timeout=300', '--jobs=4', '--disable-coverage'], {})
}

/** Runs a suite with the bundled command, and with a temporary folder. */
async function withBundle(run: (bundle: Bundle, dir: string) => Promise<number>): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-command-'))
  try {
    const bundled = await bundle(join(dir, 'bundle'))
    process.env.TEST_COMMAND = join(bundled.dir, commandName)
    return await run(bundled, dir)
  } finally {
    await rm(dir, { recursive: true })
  }
}

async function onControlPlanes(): Promise<number> {
  const lanes = Math.min(atOnce.controlPlanes, files.length)
  const clusters = await Promise.all(Array.from({ length: lanes }, () => startControlPlane()))
  try {
    const env = { TEST_KUBECONFIG: joined(clusters.map(({ kubeconfig }) => kubeconfig)) }
    return await tap(files, ['--timeout=600', `--jobs=${lanes}`, '--disable-coverage'], env)
  } finally {
    await Promise.all(clusters.map(cluster => cluster.stop()))
  }
}

/** Runs the set on one version after the other. */
async function onVersions(): Promise<number> {
  const codes: number[] = []
  for (const version of kubernetes.length > 0 ? kubernetes : Object.values(kubernetesVersions)) {
    process.env.KUBERNETES_VERSION = version
    codes.push(await onControlPlanes())
  }
  return Math.max(...codes)
}

/** Each file starts its own nodes, and waits for much of its time. If no node can run here, this is reported and is no failure. */
async function onNodes(bundled: Bundle, dir: string): Promise<number> {
  const unfit = await whyNoNode()
  if (unfit !== undefined) {
    console.log(`e2e: skipped. ${unfit}\ne2e: 0 passed, 0 failed`)
    return 0
  }
  const TEST_IMAGE = join(dir, 'image.tar')
  await makeLocalImage(bundled, TEST_IMAGE)
  return await tap(files, ['--timeout=3000', `--jobs=${atOnce.nodes}`, '--disable-coverage'], { TEST_IMAGE })
}

/** Runs tap and prints the results and the slowest files. The last line contains the counts, which `.ci/run` adds up. */
async function tap(run: readonly string[], flags: string[], env: Record<string, string>): Promise<number> {
  const children = `--node-arg=--import=${import.meta.resolve('./plain-children.ts')}`
  const args = ['run', '--allow-empty-coverage', '--reporter=tap', children, ...flags, ...run]
  const child = spawn(process.execPath, ['node_modules/.bin/tap', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  const closed = once(child, 'close') as Promise<[number | null]>
  const { passed, failed, files: ended } = await report(child.stdout, run.length, line => console.log(line))
  const [code] = await closed
  for (const line of slowest(ended)) console.error(line)
  const where = process.env.KUBERNETES_VERSION === undefined ? suite : `${suite} on ${controlPlaneVersion()}`
  console.log(`${where}: ${passed} passed, ${failed} failed`)
  return code ?? 1
}
