import type { Found } from './check.ts'

/** What a check prints, and its exit code: 0 if there is no problem, 1 with the causes if there is. */
export function verdictOf({ problems, asked }: Found): { text: string; exitCode: 0 | 1 } {
  if (problems.length > 0) return { text: [...asked, `check failed: ${problems.map(({ why }) => why).join('; ')}`].join('\n'), exitCode: 1 }
  const well = 'check: every tenant has a token, and every webhook and policy of the release is in force'
  return { text: [...asked, well].join('\n'), exitCode: 0 }
}
