import { setTimeout as sleep } from 'node:timers/promises'
import { namedFile } from '@ecr-anywhere/shared/files/named-file.ts'
import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/load-kube-config.ts'
import { kubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'
import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { applySecrets } from './apply.ts'
import { readWanted, secretOf } from './wanted.ts'

/** `ecr-anywhere apply-secrets`: creates or adopts the Secrets in the chart's values, and deletes none. @returns the exit code @throws Fault `settings` */
export async function main(): Promise<number> {
  const { SECRETS_FILE } = readSettings(settingsOf['apply-secrets'], process.env)
  const wanted = readWanted(await namedFile('SECRETS_FILE', SECRETS_FILE))
  const transport = await kubeTransport(loadKubeConfig(), 1)
  const api = kubernetes(transport, { retries: { sleep, random: Math.random } })
  const failures = await applySecrets(wanted, {
    apply: secret => api.apply(secretOf(secret), fieldManagers.secrets),
    report: line => void process.stdout.write(`${line}\n`),
  })
  transport.close()
  return failures.length === 0 ? 0 : 1
}
