import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import type { WantedSecret } from './wanted.ts'

export interface ApplyWorld {
  /** Makes or adopts one Secret; throws a Fault if it cannot. */
  apply: (secret: WantedSecret) => Promise<void>
  report: (line: string) => void
}

/**
 * Applies every Secret, whatever becomes of the others; the last line that it reports names those that failed.
 *
 * @returns the lines of those; none holds content of a Secret
 */
export async function applySecrets(wanted: readonly WantedSecret[], { apply, report }: ApplyWorld): Promise<string[]> {
  const failures: string[] = []
  for (const secret of wanted) {
    const { namespace, name } = secret
    try {
      await apply(secret)
      report(`${namespace}/${name}: applied`)
    } catch (error) {
      failures.push(`${namespace}/${name}: ${sentence(withNamespace(error, namespace))}`)
    }
  }
  if (failures.length > 0) report(`apply-secrets failed: ${failures.join('; ')}`)
  return failures
}

/**
 * In a namespace that does not exist nobody has a right, so the API server answers `Forbidden` more often than `NotFound`. Neither says what
 * to do.
 */
function withNamespace(error: unknown, namespace: string): unknown {
  if (!(error instanceof Fault) || (error.code !== 'NotFound' && error.code !== 'Forbidden')) return error
  // A policy's own sentence says what to do.
  if (error.text.found.includes('denied request')) return error
  const command = `kubectl create namespace ${namespace}; kubectl label namespace ${namespace} ${labels.namespace}=enabled`
  if (error.code === 'NotFound') {
    return new Fault('transient', {
      ...error.text,
      found: `no namespace ${namespace}`,
      wanted: 'an enabled namespace',
      todo: `Create it (${command}), or remove the Secret from the values.`,
    })
  }
  return new Fault('transient', { ...error.text, todo: `${error.text.todo} Does the namespace ${namespace} exist? Otherwise: ${command}` })
}
