import { partitionNames } from '@ecr-anywhere/shared/partition.ts'

/** The AWS account in which a role is. */
export interface Account {
  /** As in ARNs, such as `aws` or `aws-cn`. */
  partition: string
  /** 12 digits. */
  account: string
}

/** Problems of the form that `settingsFault` lists: `NAME: found …, wanted …`. */
export function accountProblems({ partition, account }: Account): string[] {
  return [...partitionProblems(partition), ...formProblems('account', account, accountForm)]
}

export function partitionProblems(partition: string): string[] {
  if (partitionNames.includes(partition)) return []
  return [`partition: found ${shown(partition)}, wanted one of ${partitionNames.toSorted().join(', ')}`]
}

const accountForm: Form = { pattern: /^\d{12}$/, wanted: 'the 12 digits of an AWS account' }

/** What a value has to look like, and how a message describes it. */
export interface Form {
  pattern: RegExp
  wanted: string
}

/** In conditions, IAM gives these characters a meaning: `*` and `?` match other text, and `${…}` is a policy variable. */
export const literalForm: Form = { pattern: /^[^*?$\s]{1,255}$/, wanted: 'a text without white space and without * ? $' }

export function formProblems(name: string, value: string, { pattern, wanted }: Form): string[] {
  return pattern.test(value) ? [] : [`${name}: found ${shown(value)}, wanted ${wanted}`]
}

/** A value in a message: quoted, and cut to the length that is still read. */
function shown(value: string): string {
  return JSON.stringify(value.slice(0, 120))
}
