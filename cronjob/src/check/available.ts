import * as z from 'zod'
import { type Problem, transient } from './problem.ts'

/** How often the condition of an APIService is read. Where API servers disagree, it changes several times a second. */
export const observations = 4

const conditions = z.object({
  status: z
    .object({
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), message: z.string().default(''), lastTransitionTime: z.string() }))
        .optional(),
    })
    .prefault({}),
})

/**
 * The problem of an APIService, according to its condition `Available` at several times; undefined if there is none. All API servers of a
 * cluster write this one condition. If one of them cannot reach the webhook, the condition changes back and forth, and all of them refuse
 * most reviews.
 */
export function availabilityProblem(name: string, observed: readonly Record<string, unknown>[]): Problem | undefined {
  const found = observed.map(one => conditions.safeParse(one).data?.status.conditions?.find(({ type }) => type === 'Available'))
  const states = new Set(found.map(one => `${one?.status} ${one?.lastTransitionTime}`))
  const message = found.find(one => one !== undefined && one.status !== 'True')?.message
  if (states.size > 1) {
    return transient(
      `the APIService ${name} whose condition Available changes back and forth${message ? `: ${message}` : ''}`,
      'a condition that stays True',
      'Check that every API server reaches the pods of the webhook on their HTTPS port (firewalls, routes, konnectivity). A single one that does not stops the others.',
    )
  }
  if (found[0]?.status === 'True') return undefined
  return transient(
    `the APIService ${name}, which is not available${message ? `: ${message}` : ''}`,
    'the condition Available',
    `See \`kubectl get apiservice ${name}\`. The API server must reach the pods of the webhook, and its aggregation layer must be on.`,
  )
}
