import { setTimeout as sleep } from 'node:timers/promises'
import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import { type KubeClient, kubeClient } from '@ecr-anywhere/shared/kube/client.ts'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/config.ts'
import { refused } from '@ecr-anywhere/shared/kube/metadata.ts'
import { applyObject } from '@ecr-anywhere/shared/kube/objects.ts'
import { fieldManagers, labels, warningPrefix } from '@ecr-anywhere/shared/names.ts'
import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { type SeenStatus, verdict } from './verdict.ts'

/** A new webhook is asked again this often until it works. */
const retryMs = 2_000

/**
 * `ecr-anywhere check`: asks the webhook through the API server, as a user's Secret would, in a dry run; then for its `/status`.
 * Needs no AWS rights. @returns 0 once it works, 1 with one cause if it does not in time
 */
export async function main(): Promise<number> {
  const settings = readSettings(settingsOf.check, process.env)
  const { RELEASE_NAMESPACE: namespace, PROBE_SECRET: name, WEBHOOK_SERVICE: service } = settings
  const client = await kubeClient(loadKubeConfig(), 1)
  const endMs = performance.now() + settings.CHECK_TIMEOUT
  let problem = await findProblem(client.request, { namespace, name, service })
  while (problem !== undefined && performance.now() + retryMs < endMs) {
    await sleep(retryMs)
    problem = await findProblem(client.request, { namespace, name, service })
  }
  client.close()
  const words = problem === undefined ? 'check: the API server reaches the webhook, and AWS knows every tenant' : `check failed: ${problem}`
  process.stdout.write(`${words}\n`)
  return problem === undefined ? 0 : 1
}

interface Asked {
  namespace: string
  name: string
  service: string
}

async function findProblem(send: KubeClient['request'], asked: Asked): Promise<string | undefined> {
  try {
    await tryProbe(send, asked)
    return verdict(await readStatus(send, asked))
  } catch (error) {
    return sentence(error)
  }
}

/** A Secret that is never stored: the webhook answers a dry run without AWS, and says so in a warning. */
async function tryProbe(send: KubeClient['request'], { namespace, name }: Asked): Promise<void> {
  const metadata = { namespace, name, labels: { [labels.managed]: 'true', [labels.probe]: 'true' } }
  const object = { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/dockerconfigjson', metadata }
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`
  const { warnings } = await applyObject(send, { path, object, fieldManager: fieldManagers.check, dryRun: true })
  if (warnings.some(warning => warning.startsWith(warningPrefix))) return
  throw new Fault('passing', {
    found: 'a dry run that passed without the webhook',
    wanted: 'an answer of the webhook',
    todo: 'Is its configuration registered (kubectl get mutatingwebhookconfigurations)?',
  })
}

async function readStatus(send: KubeClient['request'], { namespace, service }: Asked): Promise<SeenStatus> {
  const path = `/api/v1/namespaces/${namespace}/services/http:${service}:metrics/proxy/status`
  const answer = await send({ method: 'GET', path })
  if (answer.status !== 200) throw refused('asking for /status', answer)
  return answer.body as SeenStatus
}
