import type { CallLog } from '../aws/calls.ts'
import { callRoutes, serveControl } from '../aws/control-routes.ts'
import { type Answer, type Handler, json } from '../aws/exchange.ts'
import type { Call } from './call.ts'
import { type Faults, parseFaults } from './faults.ts'

/** The state that users and other processes may read and change while the emulator runs. */
export interface ControlWorld {
  log: CallLog<Call>
  faults: Faults
}

/** Serves `/_emulator/`, which offers the methods of the emulator over HTTP. */
export function control({ log, faults }: ControlWorld): Handler {
  const replaceFaults = (body: unknown): Answer => {
    const list = parseFaults(body)
    if (typeof list === 'string') return json(400, { error: list })
    faults.clear()
    for (const fault of list) faults.add(fault)
    return json(200, faults.list())
  }
  return serveControl({
    'GET /_emulator/faults': () => json(200, faults.list()),
    'PUT /_emulator/faults': replaceFaults,
    'DELETE /_emulator/faults': () => replaceFaults([]),
    ...callRoutes(log),
  })
}
