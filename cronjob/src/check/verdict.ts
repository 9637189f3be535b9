import type { Found } from './check.ts'

/** The output of a check and its exit code: 0 if there is no problem, otherwise 1, with the causes. */
export function verdictOf({ problems, asked }: Found): { text: string; exitCode: 0 | 1 } {
  if (problems.length > 0) return { text: [...asked, `check failed: ${problems.map(({ why }) => why).join('; ')}`].join('\n'), exitCode: 1 }
  const success = 'check: every tenant has a token, and every webhook and policy of the release is in force'
  return { text: [...asked, success].join('\n'), exitCode: 0 }
}
