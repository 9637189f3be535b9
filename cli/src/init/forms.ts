import { awsRegionPattern, dnsLabel } from '@ecr-anywhere/shared/name-patterns.ts'

/** What is wrong with a value, as `found …, wanted …`; undefined if nothing is. A question on a terminal and a flag have the same rules. */
export function accountProblem(text: string): string | undefined {
  return /^\d{12}$/.test(text) ? undefined : `found ${JSON.stringify(text)}, wanted the 12 digits of an AWS account, without hyphens`
}

export function regionProblem(text: string): string | undefined {
  return awsRegionPattern.test(text) ? undefined : `found ${JSON.stringify(text)}, wanted an AWS region, such as us-east-1`
}

export function nameProblem(text: string): string | undefined {
  return dnsLabel.test(text) ? undefined : `found ${JSON.stringify(text)}, wanted the name of a namespace`
}

export function choiceProblem(text: string, choices: readonly string[]): string | undefined {
  return choices.includes(text) ? undefined : `found ${JSON.stringify(text)}, wanted ${choices.join(', ')}`
}
