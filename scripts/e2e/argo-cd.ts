import { parseAllDocuments } from 'yaml'
import { manifests } from '../testbed/manifest.ts'
import { must } from '../testbed/testbed.ts'
import { ended } from './jobs.ts'
import { chart, type Product, releaseName, releaseNamespace, type Values } from './product.ts'

interface Manifest {
  kind: string
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> }
}

type Phase = 'PreSync' | 'Sync' | 'PostSync'
const phases: Phase[] = ['PreSync', 'Sync', 'PostSync']

/**
 * Syncs the chart as Argo CD does: it renders the chart, treats Helm hooks as its own, and applies objects. Hooks run in their phase, by
 * weight. It ignores `test` and rollback hooks, and Helm hooks on objects with Argo CD hooks. It waits until each object of a wave is
 * healthy, including APIServices. https://argo-cd.readthedocs.io/en/stable/user-guide/helm/#helm-hooks
 */
export async function sync(product: Product, values: Values, flags: string[]): Promise<void> {
  const { node, helm, kubectl } = product
  const rendered = await must(helm(['template', releaseName, chart, '--kube-version', '1.36.3'], values))
  const all = parseAllDocuments(rendered).flatMap(document => (document.toJS() as Manifest | null) ?? [])
  const done: Manifest[] = []
  for (const phase of phases) {
    const due = all.filter(one => phaseOf(one) === phase)
    for (const wave of [...new Set(due.map(waveOf))].sort((a, b) => a - b)) {
      const objects = due.filter(one => waveOf(one) === wave)
      for (const one of objects.filter(has('before-hook-creation'))) await remove(one)
      await must(node.kubectl('apply', ...flags, '-f', '-', manifests(...objects)))
      for (const one of objects) await healthy(one)
      done.push(...objects)
    }
  }
  for (const one of done.filter(has('hook-succeeded'))) await remove(one)

  async function remove({ kind, metadata }: Manifest): Promise<void> {
    await kubectl('delete', kind, metadata.name, '-n', metadata.namespace ?? releaseNamespace, '--ignore-not-found')
  }

  async function healthy({ kind, metadata: { name } }: Manifest): Promise<void> {
    if (kind === 'Deployment') await kubectl('rollout', 'status', `deployment/${name}`, '-n', releaseNamespace, '--timeout=240s')
    if (kind === 'APIService') await kubectl('wait', `apiservice/${name}`, '--for=condition=Available', '--timeout=120s')
    if (kind !== 'Job') return
    const { succeeded, reason, pods } = await ended(product, name)
    if (!succeeded) throw new Error(`hook ${name}: ${reason} ${JSON.stringify(pods)}`)
  }
}

function phaseOf(manifest: Manifest): Phase | undefined {
  const [own] = listIn(manifest, 'argocd.argoproj.io/hook')
  if (own !== undefined) return phases.find(phase => phase === own)
  const hooks = listIn(manifest, 'helm.sh/hook')
  if (hooks.length === 0) return 'Sync'
  if (hooks.some(hook => hook === 'pre-install' || hook === 'pre-upgrade')) return 'PreSync'
  return hooks.some(hook => hook === 'post-install' || hook === 'post-upgrade') ? 'PostSync' : undefined
}

/** https://github.com/argoproj/argo-cd/blob/master/gitops-engine/pkg/sync/syncwaves/waves.go */
function waveOf({ metadata: { annotations = {} } }: Manifest): number {
  return Number(annotations['argocd.argoproj.io/sync-wave'] ?? annotations['helm.sh/hook-weight'] ?? 0)
}

function has(policy: string): (manifest: Manifest) => boolean {
  return manifest => listIn(manifest, 'helm.sh/hook-delete-policy').includes(policy)
}

function listIn({ metadata }: Manifest, annotation: string): string[] {
  return (metadata.annotations?.[annotation] ?? '').split(',').filter(name => name !== '')
}
