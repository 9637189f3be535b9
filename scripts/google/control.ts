import type { CallLog } from '../aws/calls.ts'
import { type Answer, type Handler, json, readBody, send } from '../aws/exchange.ts'
import type { Call } from './call.ts'
import { type Faults, parseFaults } from './faults.ts'

/** What people and other processes may look at and change while the emulator runs. */
export interface ControlWorld {
  log: CallLog<Call>
  faults: Faults
}

/** Serves `/_emulator/`: what the methods of the emulator do, over HTTP. */
export function control({ log, faults }: ControlWorld): Handler {
  const replaceFaults = (body: unknown): Answer => {
    const list = parseFaults(body)
    if (typeof list === 'string') return json(400, { error: list })
    faults.clear()
    for (const fault of list) faults.add(fault)
    return json(200, faults.list())
  }
  const routes: Record<string, (body: unknown) => Answer> = {
    'GET /_emulator/faults': () => json(200, faults.list()),
    'PUT /_emulator/faults': replaceFaults,
    'DELETE /_emulator/faults': () => replaceFaults([]),
    'GET /_emulator/calls': () => json(200, log.read()),
    'DELETE /_emulator/calls': () => {
      log.reset()
      return json(200, log.read())
    },
  }
  return async (request, response) => {
    const text = (await readBody(request)).toString()
    const asked = `${request.method} ${request.url}`
    const route = routes[asked]
    send(response, route ? route(parse(text)) : json(404, { found: asked, wanted: Object.keys(routes) }))
  }
}

/** Undefined for text that is no JSON: no route takes that for an answer. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
