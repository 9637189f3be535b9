import type { SecretName } from './secret-name.ts'

/** A remote repository of Artifact Registry, and the AWS identity whose password its upstream credentials contain. */
export interface Target {
  project: string
  location: string
  repository: string
  secret: SecretName
  /** The user name of the upstream credentials. ECR expects `AWS`. */
  username: string
  aws: AwsSource
}

/** What an ECR password depends on: it is valid for all registries of one region that the role may read. */
export interface AwsSource {
  roleArn: string
  region: string
}

/** The resource name of the repository, as in Google's REST API. */
export function repositoryPath({ project, location, repository }: Pick<Target, 'project' | 'location' | 'repository'>): string {
  return `projects/${project}/locations/${location}/repositories/${repository}`
}
