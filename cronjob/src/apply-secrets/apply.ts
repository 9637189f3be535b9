import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import type { WantedSecret } from './wanted.ts'

export interface ApplyWorld {
  /** Creates or adopts one Secret. Throws a Fault if that fails. */
  apply: (secret: WantedSecret) => Promise<void>
  report: (line: string) => void
}

/**
 * Applies every Secret, even if others fail. The last reported line names the Secrets that failed.
 *
 * @returns one line for each Secret that failed, without any content of a Secret
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
 * In a namespace that does not exist no Role grants a right, so the API server usually answers `Forbidden` instead of `NotFound`. Neither
 * message says what to do.
 */
function withNamespace(error: unknown, namespace: string): unknown {
  if (!(error instanceof Fault) || (error.code !== 'NotFound' && error.code !== 'Forbidden')) return error
  // The message of an admission policy already says what to do.
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
  return new Fault('transient', { ...error.text, todo: `${error.text.todo} If the namespace ${namespace} is missing, run: ${command}` })
}
