import { awsRegionPattern, roleArnPattern } from '@ecr-anywhere/shared/name-patterns.ts'

/** A field of a target: the variable with its default, and which values are valid. */
export interface TargetField {
  variable: string
  pattern: RegExp
  wanted: string
}

/** Project IDs of 6 to 30 characters, with the domain-scoped form of older ones: https://cloud.google.com/resource-manager/docs/creating-managing-projects */
const project = /^(?:[a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/

/** The fields of a target, each with the variable of the same meaning. */
export const targetFields = {
  project: { variable: 'GCP_PROJECT_ID', pattern: project, wanted: 'the ID of a Google Cloud project, such as my-gcp-project-id' },
  location: {
    variable: 'GCP_LOCATION',
    pattern: /^[a-z]{2,20}(?:-[a-z]{2,20}\d{1,2})?$/,
    wanted: 'the location of the Artifact Registry repository, such as europe-west1 or us',
  },
  repository: {
    variable: 'GCP_REPOSITORY_NAME',
    pattern: /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    wanted: 'the name of a remote repository of Artifact Registry, such as my-ecr-remote-repo',
  },
  secret: {
    variable: 'GCP_SECRET_NAME',
    pattern: /^[A-Za-z0-9_-]{1,255}$/,
    wanted: 'the name of a global secret of Secret Manager, such as ecr-login-password, without project, location and version',
  },
  region: {
    variable: 'AWS_REGION',
    pattern: awsRegionPattern,
    wanted: 'the AWS region of the ECR registry, such as us-east-1',
  },
  roleArn: {
    variable: 'AWS_ROLE_ARN',
    pattern: roleArnPattern,
    wanted: 'the ARN of the role to assume: arn:aws:iam::<12 digits>:role/<name>',
  },
  username: { variable: 'AWS_ECR_USERNAME', pattern: /^[\w.-]{1,64}$/, wanted: 'the user name for ECR, which is AWS' },
} as const satisfies Record<string, TargetField>

export type TargetFieldName = keyof typeof targetFields

/** The names of all fields, in the order in which problems are listed. */
export const targetFieldNames = Object.keys(targetFields) as TargetFieldName[]

/** Values of fields that may be missing. */
export type TargetValues = { [name in TargetFieldName]?: string | undefined }

/**
 * Lists what is missing or invalid.
 *
 * @param own the values of the target's entry in TARGETS_FILE
 * @param defaults the values of the variables
 * @param at the position of the entry in TARGETS_FILE; undefined if the variables alone describe the target
 */
export function fieldProblems(own: TargetValues, defaults: TargetValues, at: number | undefined): string[] {
  return targetFieldNames.flatMap(name => {
    const { variable, pattern, wanted } = targetFields[name]
    const value = own[name] ?? defaults[name]
    const isOwn = own[name] !== undefined
    if (value !== undefined && pattern.test(value)) return []
    const orOwn = at === undefined || value !== undefined ? '' : `, or the key ${name} in each target of TARGETS_FILE`
    const found = value === undefined ? 'nothing' : JSON.stringify(value.slice(0, 120))
    return [`${isOwn ? `TARGETS_FILE.targets[${at}].${name}` : variable}: found ${found}, wanted ${wanted}${orOwn}`]
  })
}
