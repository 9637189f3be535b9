import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import { ensureBinaries } from '../cluster/build.ts'
import { type Outcome, run } from '../cluster/run.ts'

export const chart = fileURLToPath(new URL('../../deploy/chart', import.meta.url))
/** The namespace of releases in tests. No name in the chart contains it. */
export const releaseNamespace = 'ecr-release'
export const releaseName = 'pull'

/** A rendered object. */
export interface Rendered {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> }
  // biome-ignore lint/suspicious/noExplicitAny: manifests of every kind
  [field: string]: any
}

/** A pod template, with the object that contains it. */
export interface PodTemplate {
  from: string
  metadata: { labels: Record<string, string>; annotations?: Record<string, string> }
  // biome-ignore lint/suspicious/noExplicitAny: a PodSpec
  spec: any
}

export type Values = Record<string, unknown>

/** The image of every render and install, because the chart in the repository has no default image. */
const image: Values = { image: { registry: 'images.example', repository: 'ecr-anywhere' } }
/** The minimal values that can be installed, except the image. */
export const base: Values = { aws: { region: 'us-east-1' } }

/** Runs the real Helm. Any exit code is an outcome. The home directory is not used. */
export async function helm(args: string[], { values, kubeconfig = '/dev/null' }: { values?: Values; kubeconfig?: string } = {}) {
  const bin = await ensureBinaries('helm')
  const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-helm-'))
  try {
    const file = join(dir, 'values.json')
    if (values !== undefined) await writeFile(file, JSON.stringify(merged(image, values)))
    const env = { PATH: process.env.PATH, HOME: dir, KUBECONFIG: kubeconfig }
    return await run(join(bin, 'helm'), [...args, ...(values === undefined ? [] : ['--values', file])], { env })
  } finally {
    await rm(dir, { recursive: true })
  }
}

/** Runs `helm template` for a Kubernetes version. */
export function template(
  values: Values,
  { kubernetes = '1.36.3', flags = [] }: { kubernetes?: string | undefined; flags?: string[] } = {},
): Promise<Outcome> {
  return helm(['template', releaseName, chart, '--namespace', releaseNamespace, '--kube-version', kubernetes, ...flags], { values })
}

const renders = new Map<string, Promise<Rendered[]>>()

/** Renders the chart for a Kubernetes version. Results are cached. @throws with the message of Helm if it fails */
export function render(values: Values, kubernetes?: string): Promise<Rendered[]> {
  const id = JSON.stringify([values, kubernetes])
  const rendered = renders.get(id) ?? renderNow(values, kubernetes)
  renders.set(id, rendered)
  return rendered
}

async function renderNow(values: Values, kubernetes: string | undefined): Promise<Rendered[]> {
  const { code, stdout, stderr } = await template(values, { kubernetes })
  if (code !== 0) throw new Error(stderr)
  return parseAllDocuments(stdout).flatMap(document => (document.errors.length === 0 ? (document.toJS() ?? []) : raise(document.errors)))
}

export function ofKind(objects: readonly Rendered[], ...kinds: string[]): Rendered[] {
  return objects.filter(({ kind }) => kinds.includes(kind))
}

/** The pod templates in objects, including those in CronJobs. */
export function podTemplates(objects: readonly Rendered[]): PodTemplate[] {
  return objects.flatMap(({ kind, metadata, spec }) => {
    const template = spec?.jobTemplate?.spec.template ?? (kind === 'Deployment' || kind === 'Job' ? spec.template : undefined)
    return template === undefined ? [] : [{ ...template, from: `${kind}/${metadata.name}` }]
  })
}

/** Merges values over other values as Helm does. */
export function merged(under: Values, over: Values): Values {
  const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)
  const entries = Object.entries(over).map(([key, value]) => {
    const other = under[key]
    return [key, isMap(value) && isMap(other) ? merged(other, value) : value]
  })
  return { ...under, ...Object.fromEntries(entries) }
}

/** {a: {b: value}} */
export function nested(path: readonly string[], value: unknown): Values {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Values
}

function raise(errors: Error[]): never {
  throw new Error(errors.map(error => error.message).join('\n'))
}
