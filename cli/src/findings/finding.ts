import type { Fault } from '@ecr-anywhere/shared/fault.ts'

/** What a check found out. All texts are parts of sentences, and contain no credentials. */
export type Finding =
  | { state: 'ok'; found: string }
  | { state: 'failed'; found: string; expected: string; todo: string }
  /** `needs`: what is missing to know it, such as `the right to get Secret a in namespace b`. */
  | { state: 'cannot tell'; needs: string }

/** A finding on a named subject. */
export type TitledFinding = Finding & { title: string }

export function ok(found: string): Finding {
  return { state: 'ok', found }
}

export function failed(found: string, expected: string, todo: string): Finding {
  return { state: 'failed', found, expected, todo }
}

export function cannotTell(needs: string): Finding {
  return { state: 'cannot tell', needs }
}

export function failedBy({ text: { found, wanted, todo } }: Fault): Finding {
  return failed(found, wanted, todo)
}

/** A finding in one line of whole sentences. */
export function findingText(finding: Finding): string {
  switch (finding.state) {
    case 'ok':
      return finding.found
    case 'failed':
      return `found ${finding.found}; expected ${finding.expected}. ${finding.todo}`
    case 'cannot tell':
      return `needs ${finding.needs}`
  }
}
