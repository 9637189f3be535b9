import { homedir } from 'node:os'
import { join } from 'node:path'
import { ensureBinaries } from '../cluster/build.ts'
import { lastLines, type Outcome, run } from '../cluster/run.ts'
import type { Destination } from './destination.ts'
import { ensureGoProgram } from './go-programs.ts'
import { refusal } from './refusal.ts'

/** The file into which `docker login` writes a login, and from which oras, Helm and cosign read it. */
const loginFile = join(process.env.DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json')

/** Pushes an OCI image layout with all architectures, under its tag. */
export async function pushImage(layoutDir: string, tag: string, to: Destination): Promise<void> {
  const oras = await ensureGoProgram('oras')
  const plain = to.isPlainHttp ? ['--to-plain-http'] : []
  const reference = `${to.image}:${tag}`
  await pushed(reference, to, run(oras, ['cp', '--no-tty', ...plain, '--from-oci-layout', `${layoutDir}:${tag}`, reference]))
}

/** Pushes a packed chart. @returns the digest of its manifest */
export async function pushChart(file: string, to: Destination): Promise<string> {
  const helm = join(await ensureBinaries('helm'), 'helm')
  const plain = to.isPlainHttp ? ['--plain-http'] : []
  const { stdout, stderr } = await pushed(
    `${to.charts}/ecr-anywhere`,
    to,
    run(helm, ['push', file, `oci://${to.charts}`, '--registry-config', loginFile, ...plain]),
  )
  const [digest] = /sha256:[0-9a-f]{64}/.exec(stdout + stderr) ?? []
  if (digest === undefined) throw new Error(`found no digest in what helm push printed, wanted sha256:…:\n${stdout}${stderr}`)
  return digest
}

async function pushed(reference: string, to: Destination, pushing: Promise<Outcome>): Promise<Outcome> {
  const outcome = await pushing
  if (outcome.code !== 0) throw new Error(refusal({ reference, stderr: lastLines(outcome.stderr || outcome.stdout, 3), to, loginFile }))
  return outcome
}
