import type { Api } from './apis.ts'

/** A project of Google Cloud, which has two names: Google answers with the number, whichever was asked for. */
export interface Project {
  id: string
  number: string
  /** APIs that nobody enabled in it; by default none. */
  disabledApis?: Api[]
}

/** The projects by id and by number. */
export interface Projects {
  all: readonly Project[]
  /** Undefined if there is no such project. */
  find(idOrNumber: string): Project | undefined
}

export function createProjects(all: readonly Project[]): Projects {
  return { all, find: idOrNumber => all.find(({ id, number }) => id === idOrNumber || number === idOrNumber) }
}
