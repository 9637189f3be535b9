import type { Call, CallLog } from './calls.ts'
import { callRoutes, serveControl } from './control-routes.ts'
import { type Answer, type Handler, json } from './exchange.ts'
import { parseFaults, type Switches } from './faults.ts'

/** The state that users and other processes may read and change while the emulator runs. */
export interface ControlWorld {
  log: CallLog<Call>
  switches: Switches
}

/** Serves `/_emulator/`, which offers the methods of the emulator over HTTP. */
export function control(world: ControlWorld): Handler {
  return serveControl({
    'GET /_emulator/faults': () => json(200, world.switches.faults),
    'PUT /_emulator/faults': body => replaceFaults(world, body),
    'DELETE /_emulator/faults': () => replaceFaults(world, []),
    ...callRoutes(world.log),
    'PUT /_emulator/settings': body => changeSettings(world, body),
  })
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
