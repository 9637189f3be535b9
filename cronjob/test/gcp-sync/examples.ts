import type { RepositoryState, SecretState } from '../../src/gcp-sync/plan.ts'
import type { Target } from '../../src/gcp-sync/target.ts'

export const hours = 3_600_000
export const nowMs = Date.parse('2026-11-30T12:00:00Z')

export const roleArn = 'arn:aws:iam::123456789012:role/gcp-ecr'

export function target(repository = 'ecr', more: Partial<Target> = {}): Target {
  const project = 'my-project'
  const aws = { roleArn, region: 'us-east-1' }
  return { project, location: 'europe-west1', repository, secret: { project, secret: 'login' }, username: 'AWS', aws, ...more }
}

/** A repository that references a version, whose label says that the version expires in some hours. */
export function repository(version: number, leftHours: number, more: Partial<RepositoryState> = {}): RepositoryState {
  return {
    target: target(),
    username: 'AWS',
    secretVersion: `projects/my-project/secrets/login/versions/${version}`,
    labels: { team: 'a', 'ecr-anywhere-expires': `${version}_${(nowMs + leftHours * hours) / 1000}` },
    ...more,
  }
}

export const secret: SecretState = { enabled: [4, 5], projectNumber: '123456' }
