import type { Project } from './projects.ts'

/** A call of a REST API, after its caller was authorized. */
export interface RestRequest {
  /** The project of the resource that is asked for. */
  project: Project
  /** The parts of the path by their names in `RestMethod.path`. */
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  body: string
  /** Milliseconds since the epoch. */
  nowMs: number
}

/** One method of a REST API, under the name of its RPC. */
export interface RestMethod<World> {
  http: 'GET' | 'POST' | 'PATCH'
  /** As in Google's discovery documents, with a name in braces for each part: `/v1/projects/{project}/secrets/{secret}:addVersion`. */
  path: string
  permission: string
  /** Does what is asked for. @throws GoogleError */
  answer: (world: World, request: RestRequest) => object | Promise<object>
}

/** The methods of an API by the names of their RPCs. */
export type RestMethods<World> = Readonly<Record<string, RestMethod<World>>>

/** Reads a path with the pattern of a method; undefined if it does not fit. No part may be empty, or have a slash or a colon. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const expression = pattern.replace(/\{(\w+)\}/g, '(?<$1>[^/:]+)')
  const groups = new RegExp(`^${expression}$`).exec(path)?.groups
  return groups && { ...groups }
}
