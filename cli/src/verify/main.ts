import { readFile } from 'node:fs/promises'
import { readSettingsFile } from '@ecr-anywhere/shared/settings-file.ts'
import { openCluster } from '../cluster/kube/open-cluster.ts'
import type { Options } from '../subcommands.ts'
import { documentText } from '../terminal/document.ts'
import { screenOf } from '../terminal/screen.ts'
import { registrySender } from './http/send-to-registry.ts'
import { readVerifySettings } from './settings.ts'
import { exitCodeOf } from './verified.ts'
import { verifiedText } from './verified-text.ts'
import { verifyPod } from './verify-pod.ts'
import { verifySecret } from './verify-secret.ts'

/**
 * `ecr-anywhere verify`: asks the registries, with the credentials of a Secret or of a pod, and prints none of them.
 *
 * @returns 0, or 1 if something failed or cannot be told @throws Fault `settings`, `transient`
 */
export async function main(given: Options, argument = ''): Promise<number> {
  const { target, image, wanted, context, kubeconfig, output } = readVerifySettings(given, argument)
  const { env } = process
  const ca = env.AWS_CA_BUNDLE ? await readSettingsFile('AWS_CA_BUNDLE', env.AWS_CA_BUNDLE, file => readFile(file, 'utf8')) : undefined
  const cluster = await openCluster({ file: kubeconfig, context })
  const send = registrySender({ env, ca })
  try {
    const { kind, name, namespace = cluster.namespace } = target
    const verify = kind === 'pod' ? verifyPod : verifySecret
    const verified = await verify(cluster, { namespace, name }, { image, wanted, send, nowMs: Date.now() })
    const exitCode = exitCodeOf(verified)
    const { paint } = screenOf(process.stdout, env)
    process.stdout.write(output === 'text' ? verifiedText(verified, paint) : documentText(output, { ok: exitCode === 0, ...verified }))
    return exitCode
  } finally {
    send.close()
    cluster.close()
  }
}
