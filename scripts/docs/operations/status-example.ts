import type { ClusterStatus, SecretStatus } from '@ecr-anywhere/cli/status/cluster-status.ts'
import { statusText } from '@ecr-anywhere/cli/status/status-text.ts'
import type { Screen } from '@ecr-anywhere/cli/terminal/screen.ts'

export const nowMs = Date.parse('2026-12-01T12:00:00Z')
const ago = (minutes: number) => new Date(nowMs - minutes * 60_000).toISOString().replace('.000', '')

const secret = (namespace: string, name: string, more: Partial<SecretStatus>): SecretStatus => ({
  context: 'production',
  namespace,
  name,
  tenant: namespace === 'team-a' ? 'team-a' : 'default',
  registries: ['123456789012.dkr.ecr.us-east-1.amazonaws.com'],
  updatedAt: ago(95),
  expiresAt: ago(95 - 12 * 60),
  state: 'Fresh',
  isLongDue: false,
  usedBy: { pods: [], serviceAccounts: [] },
  ...more,
})

/** A cluster with one Secret in most of the states. */
export const exampleStatus: ClusterStatus = {
  context: 'production',
  secrets: [
    secret('shop', 'registry', {
      usedBy: { pods: ['web-7d4b9c8f6d-2xkqp', 'web-7d4b9c8f6d-9jz4w', 'worker-0', 'worker-1'], serviceAccounts: ['default'] },
    }),
    secret('team-a', 'pull', {
      registries: ['111122223333.dkr.ecr.eu-west-1.amazonaws.com', 'public.ecr.aws'],
      updatedAt: ago(380),
      expiresAt: ago(380 - 12 * 60),
      state: 'Due',
      usedBy: { pods: ['api-5c9f7bd54-l8k2m'], serviceAccounts: [] },
    }),
    secret('team-a', 'mirror', { state: 'Conflict', conflict: 'the ExternalSecret mirror owns it and writes it, too' }),
    secret('legacy', 'regcred', {
      tenant: null,
      updatedAt: ago(760),
      expiresAt: ago(40),
      state: 'Expired',
      usedBy: { pods: ['batch-28810'], serviceAccounts: [] },
    }),
  ],
  runs: [
    {
      name: 'certs',
      namespace: 'ecr-anywhere',
      schedule: '*/10 * * * *',
      suspended: false,
      startedAt: ago(3),
      result: 'succeeded',
      lastSuccessAt: ago(3),
    },
    {
      name: 'refresh',
      namespace: 'ecr-anywhere',
      schedule: '*/15 * * * *',
      suspended: false,
      startedAt: ago(8),
      result: 'failed',
      cause: 'refresh failed: 1 Secret was not renewed; team-a/pull: AccessDenied for sts:AssumeRole',
      lastSuccessAt: ago(23),
    },
  ],
  cannotTell: [],
  notes: [],
}

export function statusExample(screen: Screen, wide = false): string {
  return statusText([exampleStatus], { wide, nowMs, screen, where: 'in any namespace' })
}
