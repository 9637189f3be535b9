import type { AppliedObject } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'
import { parseYaml } from '@ecr-anywhere/shared/yaml.ts'
import * as z from 'zod'

const kinds = ['dockerconfigjson', 'dockercfg', 'basic-auth', 'argocd-repository', 'argocd-repo-creds'] as const

/** An ECR URL never contains an `@`. An `@` follows a user name and possibly a password, so such a value is never quoted. */
const hasNoUser = (text: string) => !text.includes('@')
const noUser = 'a value without an @, because the user name and the password come from ECR'

const fileSchema = z.strictObject({
  secrets: z.array(
    z.strictObject({
      namespace: z.string('a namespace'),
      name: z.string('a name'),
      kind: z.enum(kinds, `one of ${kinds.join(', ')}`).default('dockerconfigjson'),
      registries: z.array(z.string('a registry host').refine(hasNoUser, noUser)).optional(),
      url: z.string('a URL').refine(hasNoUser, noUser).optional(),
      type: z.enum(['helm', 'oci'], 'helm or oci').default('helm'),
      /** Read by the chart, which lets the refresher write the ConfigMap. */
      expiryConfigMap: z.boolean('true or false').optional(),
    }),
    'a list of Secrets',
  ),
})

export type WantedSecret = z.output<typeof fileSchema>['secrets'][number]

/** @throws Fault `settings` that lists every problem at once */
export function readWanted(text: string): WantedSecret[] {
  const read = fileSchema.safeParse(parseYaml('SECRETS_FILE', text))
  if (read.success) return read.data.secrets
  throw settingsFault(read.error.issues.map(({ path, message }) => `SECRETS_FILE ${path.join('.')}: wanted ${message}`))
}

/** The Secret as it is applied: without credentials, because the webhook adds them. */
export function secretOf({ namespace, name, kind, registries, url, type }: WantedSecret): AppliedObject {
  const argoType = /^argocd-(.*)$/.exec(kind)?.[1]
  const metadata = {
    namespace,
    name,
    labels: { [labels.managed]: 'true', ...(argoType === undefined ? {} : { 'argocd.argoproj.io/secret-type': argoType }) },
    annotations: registries === undefined || argoType !== undefined ? {} : { [annotations.registries]: registries.join(',') },
  }
  const common = { apiVersion: 'v1', kind: 'Secret', metadata }
  if (argoType === undefined) return { ...common, type: `kubernetes.io/${kind}` }
  const data = { name, type, ...(type === 'helm' && { enableOCI: 'true' }), url: urlOf(kind, type, url ?? registries?.[0] ?? '') }
  return {
    ...common,
    type: 'Opaque',
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  }
}

/**
 * Argo CD matches a credential template as a prefix. Without a `/` after the host, the template would also match longer host names. For the type
 * `oci`, Argo CD requires the scheme.
 */
function urlOf(kind: WantedSecret['kind'], type: WantedSecret['type'], given: string): string {
  const url = type === 'oci' && !given.includes('://') ? `oci://${given}` : given
  return kind === 'argocd-repo-creds' && /^(?:[a-z]+:\/\/)?[^/]+$/.test(url) ? `${url}/` : url
}
