import type { Call, CallLog } from './calls.ts'
import { type Answer, type Handler, json, readBody, send } from './exchange.ts'
import { parseFaults, type Switches } from './faults.ts'

/** The state that users and other processes may read and change while the emulator runs. */
export interface ControlWorld {
  log: CallLog<Call>
  switches: Switches
}

/** Serves `/_emulator/`, which offers the methods of the emulator over HTTP. */
export function control(world: ControlWorld): Handler {
  const routes: Record<string, (body: unknown) => Answer> = {
    'GET /_emulator/faults': () => json(200, world.switches.faults),
    'PUT /_emulator/faults': body => replaceFaults(world, body),
    'DELETE /_emulator/faults': () => replaceFaults(world, []),
    'GET /_emulator/calls': () => json(200, world.log.read()),
    'DELETE /_emulator/calls': () => {
      world.log.reset()
      return json(200, world.log.read())
    },
    'PUT /_emulator/settings': body => changeSettings(world, body),
  }
  return async (request, response) => {
    const text = (await readBody(request)).toString()
    const asked = `${request.method} ${request.url}`
    const route = routes[asked]
    send(response, route ? route(parse(text)) : json(404, { found: asked, wanted: Object.keys(routes) }))
  }
}

function replaceFaults({ switches }: ControlWorld, body: unknown): Answer {
  const faults = parseFaults(body)
  if (typeof faults === 'string') return json(400, { error: faults })
  switches.faults = faults
  return json(200, faults)
}

function changeSettings({ switches }: ControlWorld, body: unknown): Answer {
  const { tokenLifeSeconds, ...rest }: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {}
  if (typeof tokenLifeSeconds !== 'number' || tokenLifeSeconds <= 0 || Object.keys(rest).length > 0) {
    return json(400, { error: `found ${JSON.stringify(body)}; wanted {"tokenLifeSeconds": a number above 0}` })
  }
  switches.tokenLifeSeconds = tokenLifeSeconds
  return json(200, { tokenLifeSeconds })
}

/** Parses JSON. @returns undefined for other text, which every route rejects */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
