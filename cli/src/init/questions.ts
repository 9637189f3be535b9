import { type IdentityKind, identities, type PlatformName, platforms } from './choices.ts'
import type { DetectedPlatform } from './detect-platform.ts'
import { accountProblem, choiceProblem, regionProblem } from './forms.ts'

/** A question on a terminal. An empty answer means the default, if there is one. */
export interface Question<T extends string = string> {
  text: string
  fallback: T | undefined
  /** What is wrong with an answer, as `found …, wanted …`. */
  problem: (answer: string) => string | undefined
  /** The option that answers it where there is no terminal, for a message. */
  flag: string
}

export const accountQuestion: Question = {
  text: 'AWS account of the role (12 digits; `aws sts get-caller-identity` shows yours)',
  fallback: undefined,
  problem: accountProblem,
  flag: '--account',
}

export const regionQuestion: Question = {
  text: 'AWS region of the registries',
  fallback: undefined,
  problem: regionProblem,
  flag: '--region',
}

export function platformQuestion(detected: DetectedPlatform | undefined): Question<PlatformName> {
  return {
    text: `Platform of the cluster (${platforms.join(', ')})`,
    fallback: detected?.platform ?? 'plain',
    problem: answer => choiceProblem(answer, platforms),
    flag: '--platform',
  }
}

/** It is asked only if AWS cannot reach the issuer of the cluster, for the reason `why`. */
export function identityQuestion(issuer: string, why: string): Question<IdentityKind> {
  return {
    text: `AWS cannot reach the issuer ${issuer}, because ${why}.\nWith static keys of a user instead (keys), or stop to make the issuer public (web-identity)`,
    fallback: undefined,
    problem: answer => choiceProblem(answer, identities),
    flag: '--identity',
  }
}

/** The line of a question, with its default. */
export function prompt({ text, fallback }: Question): string {
  return `${text}${fallback === undefined ? '' : ` [${fallback}]`}: `
}

/** The answer that a line is, or what is wrong with it. */
export function answerIn(question: Question, line: string): { answer: string } | { problem: string } {
  const answer = line.trim() || question.fallback || ''
  const problem = question.problem(answer)
  return problem === undefined ? { answer } : { problem }
}

/** What a flag lacks where nothing can be asked, for `settingsFault`. */
export function missing({ flag, problem }: Question): string {
  return `${flag}: ${(problem('') ?? '').replace('found ""', 'found nothing, and no terminal to ask on')}`
}
