import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { glob, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle, commandName } from '../bundle/bundle.ts'
import { startControlPlane } from '../cluster/control-plane.ts'
import { whyNoNode } from '../cluster/debian.ts'
import { controlPlaneVersion, kubernetesVersion, kubernetesVersions } from '../cluster/versions.ts'
import { joined } from '../testbed/shared-cluster.ts'
import { compatibilityFiles } from './compatibility.ts'
import { lessCovered } from './coverage.ts'
import { writeGroups } from './groups.ts'
import { report } from './report.ts'
import { slowest } from './slowest.ts'

/**
 * Runs a suite with tap: `unit` in process, `cluster` on control planes that its files share (TEST_KUBECONFIG), `e2e` on complete nodes, one file
 * at a time. `compatibility` is a set of the cluster tests that runs on several versions of Kubernetes.
 * Files after the name of the suite run instead of the whole suite.
 */
const { positionals, values } = parseArgs({ allowPositionals: true, options: { kubernetes: { type: 'string', multiple: true } } })
const [suite = 'unit', ...named] = positionals
const kubernetes = (values.kubernetes ?? []).map(kubernetesVersion)
if (suite !== 'compatibility' && kubernetes.length > 1)
  throw new Error(
    `found --kubernetes ${kubernetes.length} times; expected it once, or the suite compatibility, which takes several versions`,
  )
// Set for this process and for the tests that it starts.
if (suite !== 'compatibility' && kubernetes[0] !== undefined) process.env.KUBERNETES_VERSION = kubernetes[0]

// Tests of the chart run Helm hundreds of times, so they are not unit tests.
const clusterTests = [
  'deploy/test/**/*.test.ts',
  '{shared,webhook,cronjob,cli,deploy,scripts}/**/test/cluster/**/*.test.ts',
  'scripts/cluster/test/*.test.ts',
]
// Tests that run the command as its users do, in processes of its own.
const commandTests = [
  'cli/test/main.test.ts',
  'cli/test/export/{output,recipes,refusals-*,sources}.test.ts',
  'cronjob/test/gcp-sync/{failures,killed,many,program}.test.ts',
]
const all = '{shared,webhook,cronjob,cli,deploy,scripts}/**/test/**/*.test.ts'

if (suite !== 'unit' && suite !== 'command' && suite !== 'cluster' && suite !== 'e2e' && suite !== 'compatibility')
  throw new Error(`found the suite ${suite}; expected unit, command, cluster, compatibility or e2e`)
const filesOf = async (globs: string | string[]) => new Set(await Array.fromAsync(glob(globs, { exclude: ['**/node_modules/**'] })))
const ofCommand = await filesOf(commandTests)
const ofCluster = await filesOf(clusterTests)
const ofE2e = await filesOf('scripts/e2e/test/*.test.ts')
const everything = [...(await filesOf(all))]
const suiteOf = (file: string) => (ofE2e.has(file) ? 'e2e' : ofCluster.has(file) ? 'cluster' : ofCommand.has(file) ? 'command' : 'unit')
const ofSuite = suite === 'compatibility' ? compatibilityFiles : everything.filter(file => suiteOf(file) === suite).sort()
const files = named.length > 0 ? named : ofSuite

/** The number of concurrent control planes, each with one file. Tests wait for much of their time. */
const atOnce = 2

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
  if (named.length > 0) return await tap(files, ['--timeout=180', '--disable-coverage'], {})
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

/** Runs a suite with the bundled command. */
async function withBundle(run: () => Promise<number>): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-command-'))
  try {
    await bundle(dir)
    process.env.TEST_COMMAND = join(dir, commandName)
    return await run()
  } finally {
    await rm(dir, { recursive: true })
  }
}

async function onControlPlanes(): Promise<number> {
  const lanes = Math.min(atOnce, files.length)
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

/** Each file starts its own nodes. If no node can run here, this is reported and is no failure. */
async function onNodes(): Promise<number> {
  const unfit = await whyNoNode()
  if (unfit === undefined) return await tap(files, ['--timeout=3000', '--jobs=1', '--disable-coverage'], {})
  console.log(`e2e: skipped. ${unfit}\ne2e: 0 passed, 0 failed`)
  return 0
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
