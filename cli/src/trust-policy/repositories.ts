import { partitionOfArn, partitionOfRegion } from '@ecr-anywhere/shared/partition.ts'

/** The ARN of a repository, or a pattern of ARNs. The region may be `*`. */
const repositoryArn = /^arn:(aws[a-z-]*):ecr:(\*|[a-z]{2,}[a-z0-9-]*-\d+):(\d{12}):repository\/([a-z0-9*][a-z0-9*._/-]{0,255})$/
const wantedArn = 'the ARN of repositories, such as arn:aws:ecr:us-east-1:111122223333:repository/team-a/*'

/**
 * What is wrong with a list of repositories for a principal of this partition. A principal cannot read the registries of another partition.
 *
 * @param nameOf the name of an item in messages, by its position
 */
export function repositoryProblems(
  repositories: readonly string[],
  partition: string,
  nameOf: (at: number) => string = at => `repositories[${at}]`,
): string[] {
  if (repositories.length === 0) return [`repositories: found an empty list, wanted at least one item: ${wantedArn}`]
  return repositories.flatMap((arn, at) => {
    const [, , region] = repositoryArn.exec(arn) ?? []
    const name = nameOf(at)
    if (region === undefined) return [`${name}: found ${JSON.stringify(arn.slice(0, 120))}, wanted ${wantedArn}`]
    const found = partitionOfArn(arn)
    if (found !== partition) return [`${name}: found ${arn} in the partition ${found}, wanted the partition ${partition} of the role`]
    if (region !== '*' && partitionOfRegion(region) !== partition)
      return [`${name}: found the region ${region} of the partition ${partitionOfRegion(region)}, wanted a region of ${partition}`]
    return []
  })
}
