import type { GoogleOptions } from './emulator.ts'

/** What a file says of the world that is emulated. */
export type WorldFile = Pick<GoogleOptions, 'projects' | 'accounts' | 'secrets' | 'repositories' | 'machine'>

/** What each entry of a list must have, at the least. */
const lists = { projects: ['id', 'number'], accounts: ['email'], secrets: ['id'], repositories: ['location', 'id'] } as const
const wanted =
  '{"projects": [{id, number}], "accounts": [{email, …}], "secrets": [{id, …}], "repositories": [{location, id, …}], "machine": {account}}'

/** Reads the world from a JSON file. @throws with what was found where it is something else */
export function parseWorld(text: string): WorldFile {
  const world: unknown = JSON.parse(text)
  if (!isWorld(world)) throw new Error(`found ${text}; wanted ${wanted}`)
  return world
}

function isWorld(value: unknown): value is WorldFile {
  if (typeof value !== 'object' || value === null) return false
  const { machine = {}, ...rest }: Record<string, unknown> = { ...value }
  const isRight = ([name, list]: [string, unknown]) =>
    Object.hasOwn(lists, name) && Array.isArray(list) && list.every(one => hasTexts(one, lists[name as keyof typeof lists]))
  return typeof machine === 'object' && machine !== null && Object.entries(rest).every(isRight)
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && names.every(name => typeof Reflect.get(value, name) === 'string')
}
