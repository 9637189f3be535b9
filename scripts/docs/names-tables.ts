import { annotations, defaultTenant, enabledValue, labels } from '@ecr-anywhere/shared/names.ts'

interface Description {
  on: string
  writtenBy: string
  value: string
}

/** The meaning of each label. The compiler reports one that is missing. */
const ofLabels: Record<keyof typeof labels, Description> = {
  namespace: {
    on: 'Namespace',
    writtenBy: 'you',
    value: `\`${enabledValue}\` for the tenant \`${defaultTenant}\`, or the name of another tenant. Secrets in a namespace without it get no credentials`,
  },
  managed: { on: 'Secret', writtenBy: 'you', value: '`true` if the webhook writes credentials into the Secret' },
  probe: { on: 'Secret', writtenBy: '`check`', value: '`true` on the Secret that the check applies in a dry run. It is never stored' },
}

const ofAnnotations: Record<keyof typeof annotations, Description> = {
  registries: { on: 'Secret', writtenBy: 'you', value: 'a comma-separated list of ECR hosts: at most 20, in at most 5 regions' },
  expiresAt: { on: 'Secret', writtenBy: 'webhook', value: 'the time at which the first of its credentials expires, RFC 3339' },
  updatedAt: { on: 'Secret', writtenBy: 'webhook', value: 'the time at which the credentials last changed' },
  injectedRegistries: { on: 'Secret', writtenBy: 'webhook', value: 'the hosts for which credentials were written' },
  markedForUpdateAt: {
    on: 'Secret',
    writtenBy: '`refresh`',
    value: 'the time at which the Secret was last touched. To renew a Secret yourself, change this annotation',
  },
  attestation: {
    on: 'Secret',
    writtenBy: 'API server',
    value: 'the ticket of the tenant, only in the request to the webhook, which removes it. It is never stored',
  },
  pullSecret: {
    on: 'Namespace',
    writtenBy: 'you',
    value:
      'the name of the image pull secret that `provision` creates in the namespace. Without it, it is that of `provision.secretName`, if set',
  },
  rotationPhaseSince: {
    on: 'Secret',
    writtenBy: '`certs`',
    value: 'on the Secret of the serving certificate: the time at which the current phase of a rotation began',
  },
}

/** The tables of labels and annotations, with the names that the code uses. */
export function namesTables(): { labels: string; annotations: string } {
  return { labels: tableOf('label', labels, ofLabels), annotations: tableOf('annotation', annotations, ofAnnotations) }
}

function tableOf<Key extends string>(title: string, names: Record<Key, string>, descriptions: Record<Key, Description>): string {
  const rows = (Object.keys(names) as Key[]).map(key => {
    const { on, writtenBy, value } = descriptions[key]
    return `| \`${names[key]}\` | ${on} | ${writtenBy} | ${value} |`
  })
  return [`| ${title} | on | written by | value |`, '| --- | --- | --- | --- |', ...rows].join('\n')
}
