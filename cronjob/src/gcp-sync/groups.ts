import { type SecretName, secretPath } from './secret-name.ts'
import { type AwsSource, repositoryPath, type Target } from './target.ts'

/** The targets that share a secret, and therefore a password. */
export interface Group {
  secret: SecretName
  aws: AwsSource
  targets: readonly Target[]
}

/** Groups targets by their secret. All targets of a group have the same AWS source if `conflicts` found nothing. */
export function groupsOf(targets: readonly Target[]): Group[] {
  const bySecret = Map.groupBy(targets, ({ secret }) => secretPath(secret))
  return [...bySecret.values()].flatMap(targets => {
    const [first] = targets
    return first === undefined ? [] : [{ secret: first.secret, aws: first.aws, targets }]
  })
}

/** Lists repositories that are configured twice, and secrets that would have to contain two passwords. */
export function conflicts(targets: readonly Target[]): string[] {
  const twice = [...Map.groupBy(targets, repositoryPath)].filter(([, same]) => same.length > 1)
  const mixed = groupsOf(targets).filter(({ targets: [first, ...others] }) => others.some(other => !isSameSource(first?.aws, other.aws)))
  return [
    ...twice.map(([path, same]) => `TARGETS_FILE: found ${path} in ${same.length} targets, wanted one`),
    ...mixed.map(
      ({ secret }) =>
        `TARGETS_FILE: found targets that share ${secretPath(secret)} but not their role and region, wanted a secret for each role and region`,
    ),
  ]
}

function isSameSource(one: AwsSource | undefined, other: AwsSource): boolean {
  return one?.roleArn === other.roleArn && one.region === other.region
}
