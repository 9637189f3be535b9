import type { Move, Values } from './move.ts'
import type { Problem } from './problem.ts'

/**
 * Several parts as one move. A command that is in several parts is run once, where it is first. The items of the value `secrets` are those
 * of all parts. Of other values that contradict each other the first is kept, and the others are problems.
 */
export function joined(moves: readonly Move[]): Move {
  let values: Values = {}
  const items = new Map(moves.flatMap(itemsOf).map(item => [JSON.stringify(item), item]))
  const problems = moves.flatMap(move => {
    const { secrets: _, ...others } = move.values
    const found = contradictions(values, others)
    values = merged(values, others)
    return [...found.map(contradiction), ...move.problems]
  })
  const steps = moves.flatMap(move => move.steps)
  const firstAt = new Map(steps.map(({ command }, at): [string, number] => [command, at]).reverse())
  return {
    values: items.size === 0 ? values : { ...values, secrets: [...items.values()] },
    secrets: moves.flatMap(move => move.secrets),
    steps: steps.filter(({ command }, at) => firstAt.get(command) === at),
    installFirst: moves.every(({ installFirst }) => installFirst),
    notes: moves.flatMap(({ notes }) => notes),
    problems,
  }
}

function itemsOf({ values: { secrets } }: Move): unknown[] {
  return Array.isArray(secrets) ? secrets : []
}

function contradiction(path: string): Problem {
  return {
    what: `the value ${path}`,
    found: 'two different values, of which the first is printed',
    wanted: 'one AWS identity for all; for another one add a tenant to the values (`tenants`)',
  }
}

function merged(under: Values, over: Values): Values {
  const entries = Object.entries(over).map(([key, value]) => [key, isMap(value) && isMap(under[key]) ? merged(under[key], value) : value])
  return {
    ...Object.fromEntries(entries),
    ...Object.fromEntries(Object.entries(under).filter(([key, value]) => !isMap(value) || !isMap(over[key]))),
  }
}

function contradictions(a: Values, b: Values, path: readonly string[] = []): string[] {
  return Object.entries(b).flatMap(([key, value]) => {
    const other = a[key]
    if (other === undefined) return []
    if (isMap(value) && isMap(other)) return contradictions(other, value, [...path, key])
    return JSON.stringify(value) === JSON.stringify(other) ? [] : [[...path, key].join('.')]
  })
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
