import type { KubeAnswer, KubeClient } from './client.ts'
import { refused } from './metadata.ts'

/** @returns the object at a path, or undefined if there is none @throws Fault `transient` with the API server's reason */
export async function getObject(send: KubeClient['request'], path: string): Promise<Record<string, unknown> | undefined> {
  const answer = await send({ method: 'GET', path })
  if (answer.status === 404) return undefined
  if (answer.status !== 200) throw refused(`reading ${path}`, answer)
  return answer.body as Record<string, unknown>
}

/**
 * Server-side apply: this field manager owns just the fields in `object`, and creates the object if there is none.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/
 *
 * @throws Fault `transient` with the API server's reason
 */
export async function applyObject(
  send: KubeClient['request'],
  { path, object, fieldManager, dryRun = false }: { path: string; object: Record<string, unknown>; fieldManager: string; dryRun?: boolean },
): Promise<KubeAnswer> {
  const answer = await send({
    method: 'PATCH',
    path: `${path}?fieldManager=${fieldManager}&force=true${dryRun ? '&dryRun=All' : ''}`,
    contentType: 'application/apply-patch+yaml',
    body: JSON.stringify(object),
  })
  if (answer.status !== 200 && answer.status !== 201) throw refused(`applying ${path}`, answer)
  return answer
}
