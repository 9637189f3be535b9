import type { Tool } from '../tool.ts'
import { argoEcrAuth } from './argo-ecr-auth.ts'
import { ecrAnywhereGo } from './ecr-anywhere-go.ts'
import { ecrCredentialsSync } from './ecr-credentials-sync.ts'
import { externalSecrets } from './external-secrets.ts'
import { gcpEcrSyncer } from './gcp-ecr-syncer.ts'
import { k8sEcrLoginRenew } from './k8s-ecr-login-renew.ts'
import { registryCreds } from './registry-creds.ts'

/** All tools, in the order of the documentation. */
export const tools: readonly Tool[] = [
  argoEcrAuth,
  ecrAnywhereGo,
  ecrCredentialsSync,
  externalSecrets,
  gcpEcrSyncer,
  k8sEcrLoginRenew,
  registryCreds,
]

/** @param name one of the names in `tools` */
export function toolNamed(name: string): Tool {
  const found = tools.find(tool => tool.name === name)
  if (found === undefined) throw new RangeError(`no tool ${name}`)
  return found
}
