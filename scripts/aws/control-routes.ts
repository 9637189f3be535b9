import type { CallLog } from './calls.ts'
import { type Answer, type Handler, json, readBody, send } from './exchange.ts'

/** The routes below `/_emulator/`, by method and path. The body is parsed JSON, or undefined for other text, which every route rejects. */
export type ControlRoutes = Record<string, (body: unknown) => Answer>

export function serveControl(routes: ControlRoutes): Handler {
  return async (request, response) => {
    const text = (await readBody(request)).toString()
    const asked = `${request.method} ${request.url}`
    const route = routes[asked]
    send(response, route ? route(parse(text)) : json(404, { found: asked, wanted: Object.keys(routes) }))
  }
}

/** The routes that show and forget the recorded calls. */
export function callRoutes<C>(log: CallLog<C>): ControlRoutes {
  return {
    'GET /_emulator/calls': () => json(200, log.read()),
    'DELETE /_emulator/calls': () => {
      log.reset()
      return json(200, log.read())
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
