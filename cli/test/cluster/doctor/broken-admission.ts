import { readFile, writeFile } from 'node:fs/promises'
import { mintPair } from '@ecr-anywhere/cronjob/certs/random/mint-pair.ts'
import { ticketSecret } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { releaseNamespace } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import type { BrokenLink } from './broken-link.ts'
import { type DoctorWorld, roleArn } from './world.ts'

const dayMs = 86_400_000
const reapplied = async ({ apply, bed }: DoctorWorld) => {
  await apply(...bed.registrations)
  await must(bed.certs())
}
const deleted = (kind: string, name: string) => (world: DoctorWorld) => must(world.kubectl('delete', kind, name))
const patched = (kind: string, name: string, patch: object) => (world: DoctorWorld) =>
  must(world.kubectl('patch', kind, name, '--type=merge', '-p', JSON.stringify(patch)))
const restarted = ({ bed }: DoctorWorld) => bed.restartWebhook()
let served: { cert: string; key: string } | undefined

/** Certificates, attestation, webhook configurations, policies, rights and AWS. */
export const brokenAdmission: readonly BrokenLink[] = [
  {
    id: 'tickets',
    said: /no Secret ecr-anywhere-tickets in namespace ecr-release, so the API server refuses every managed Secret/,
    break: ({ kubectl }) => must(kubectl('delete', 'secret', '-n', releaseNamespace, ticketSecret)),
    heal: async ({ bed }) => {
      await must(bed.certs())
      await bed.mountTickets()
    },
  },
  {
    id: 'serving-certificate',
    said: /a serving certificate that expires in (?:9|10) days.*certs-now/,
    break: async ({ bed: { env } }) => {
      const { CERT_FILE = '', KEY_FILE = '' } = env
      served = { cert: await readFile(CERT_FILE, 'utf8'), key: await readFile(KEY_FILE, 'utf8') }
      const { cert, key } = await mintPair(['127.0.0.1', 'localhost'], Date.now() - 80 * dayMs)
      await writeFile(KEY_FILE, key)
      await writeFile(CERT_FILE, cert)
    },
    heal: async ({ bed: { env } }) => {
      await writeFile(env.KEY_FILE ?? '', served?.key ?? '')
      await writeFile(env.CERT_FILE ?? '', served?.cert ?? '')
    },
  },
  {
    id: 'webhook-configurations',
    said: /the MutatingWebhookConfiguration ecr-anywhere-tenant-team-a with another value of webhooks\[0\]\.failurePolicy.*helm upgrade/,
    break: world =>
      must(
        world.kubectl(
          'patch',
          'mutatingwebhookconfiguration',
          'ecr-anywhere-tenant-team-a',
          '--type=json',
          '-p',
          '[{"op":"replace","path":"/webhooks/0/failurePolicy","value":"Ignore"}]',
        ),
      ),
    heal: reapplied,
  },
  {
    id: 'ca-bundle',
    said: /no caBundle on the webhook default\.ecr-anywhere\.centml\.ai/,
    break: ({ kubectl }) => withBundle(kubectl, ['ecr-anywhere-tenant-default'], ''),
    heal: reapplied,
  },
  {
    id: 'ticket-policies',
    said: /no MutatingAdmissionPolicyBinding ecr-anywhere-tenant-default\.needs-secret-ecr-anywhere-tickets/,
    break: deleted('mutatingadmissionpolicybinding', 'ecr-anywhere-tenant-default.needs-secret-ecr-anywhere-tickets'),
    heal: reapplied,
  },
  {
    id: 'policies',
    said: /the ValidatingAdmissionPolicy ecr-anywhere-injected with another value of spec\.failurePolicy/,
    break: patched('validatingadmissionpolicy', 'ecr-anywhere-injected', { spec: { failurePolicy: 'Ignore' } }),
    heal: reapplied,
  },
  {
    id: 'policy-bindings',
    said: /no ValidatingAdmissionPolicyBinding ecr-anywhere-reader-guard/,
    break: deleted('validatingadmissionpolicybinding', 'ecr-anywhere-reader-guard'),
    heal: reapplied,
  },
  {
    id: 'served-certificate',
    said: /x509.*certs-now/,
    break: async ({ kubectl }) => {
      const { ca } = await mintPair(['127.0.0.1'], Date.now())
      const tenants = ['default', 'team-a']
      await withBundle(
        kubectl,
        tenants.flatMap(tenant => [`ecr-anywhere-tenant-${tenant}`, `ecr-anywhere-check-${tenant}`]),
        Buffer.from(ca).toString('base64'),
      )
    },
    heal: reapplied,
  },
  {
    id: 'rights-refresh',
    said: /the account ecr-release\/ecr-anywhere-refresh may not list namespaces, list secrets, patch secrets, create events/,
    break: deleted('clusterrolebinding', 'ecr-anywhere-refresh'),
    heal: reapplied,
  },
  {
    id: 'rights-certs',
    said: /ecr-anywhere-certs may not get secrets ecr-anywhere-tls in namespace ecr-release/,
    break: ({ kubectl }) => must(kubectl('delete', 'rolebinding', '-n', releaseNamespace, 'ecr-anywhere-certs')),
    heal: reapplied,
  },
  {
    id: 'rights-check',
    said: /ecr-anywhere-check may not get validatingadmissionpolicies\.admissionregistration\.k8s\.io ecr-anywhere-injected/,
    break: deleted('clusterrolebinding', 'ecr-anywhere-check'),
    heal: reapplied,
  },
  {
    id: 'identity',
    said: /for tenant team-a: AccessDenied from sts:AssumeRole.*pull-a/,
    break: async ({ bed }) => {
      bed.emulator.addRole({ arn: roleArn, trust: ['arn:aws:iam::999999999999:root'] })
      await bed.restartWebhook()
    },
    heal: async world => {
      world.bed.emulator.addRole({ arn: roleArn })
      await restarted(world)
    },
  },
  {
    id: 'tokens',
    said: /for tenant team-a in us-east-1: AccessDeniedException.*ecr:GetAuthorizationToken/,
    break: async ({ bed }) => {
      bed.emulator.fault({ fault: 'access-denied', api: 'ecr', principal: roleArn })
      await bed.restartWebhook()
    },
    heal: async world => {
      world.bed.emulator.heal()
      await restarted(world)
    },
  },
  {
    id: 'webhook-called',
    said: /failed calling webhook.*Deployment ecr-anywhere-webhook are ready/,
    break: ({ bed }) => bed.webhook().stop('SIGKILL'),
    heal: restarted,
  },
  {
    id: 'dry-run',
    said: /found check pending.*expected AWS's answer/,
    break: async ({ bed }) => {
      bed.emulator.fault({ fault: 'hang', api: 'ecr' })
      await bed.restartWebhook()
    },
    heal: async world => {
      world.bed.emulator.heal()
      await restarted(world)
    },
  },
  {
    id: 'attestation',
    said: /a webhook that verifies no caller/,
    break: ({ bed }) => bed.restartWebhook({ ATTESTATION_DIR: '' }),
    heal: restarted,
  },
]

function withBundle(kubectl: DoctorWorld['kubectl'], names: readonly string[], value: string): Promise<unknown> {
  const patch = JSON.stringify([{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value }])
  return Promise.all(names.map(name => must(kubectl('patch', 'mutatingwebhookconfiguration', name, '--type=json', '-p', patch))))
}
