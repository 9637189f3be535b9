import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { sentence } from '@ecr-anywhere/shared/fault.ts'
import { kubeClient } from '@ecr-anywhere/shared/kube/client.ts'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/config.ts'
import { applyObject } from '@ecr-anywhere/shared/kube/objects.ts'
import { retrying } from '@ecr-anywhere/shared/kube/retry.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'
import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { readWanted, secretOf } from './wanted.ts'

/** `ecr-anywhere apply-secrets`: makes or adopts the Secrets of the chart's values; never deletes one. @returns the exit code */
export async function main(): Promise<number> {
  const { SECRETS_FILE } = readSettings(settingsOf['apply-secrets'], process.env)
  const wanted = readWanted(await readFile(SECRETS_FILE, 'utf8'))
  const client = await kubeClient(loadKubeConfig(), 1)
  const send = retrying(client, { sleep, random: Math.random })
  const failures: string[] = []
  for (const one of wanted) {
    const { namespace, name } = one
    try {
      const path = `/api/v1/namespaces/${namespace}/secrets/${name}`
      await applyObject(send, { path, object: secretOf(one), fieldManager: fieldManagers.secrets })
      process.stdout.write(`${namespace}/${name}: applied\n`)
    } catch (error) {
      failures.push(`${namespace}/${name}: ${sentence(error)}`)
    }
  }
  client.close()
  if (failures.length === 0) return 0
  process.stdout.write(`apply-secrets failed: ${failures.join('; ')}\n`)
  return 1
}
