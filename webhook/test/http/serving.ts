import { Writable } from 'node:stream'
import { pino } from 'pino'
import type { Test } from 'tap'
import { type Admission, admit } from '../../src/admission/admit.ts'
import { screen } from '../../src/admission/authenticate.ts'
import { type ServerOptions, webhookServer } from '../../src/http/server.ts'
import { awsWorld } from '../admission/world.ts'

/** The webhook server with AWS as a function. @returns also everything that it logs at the lowest level without redaction */
export function server(t: Test, options: Partial<ServerOptions> & { world?: ReturnType<typeof awsWorld>['world'] } = {}) {
  const { world = awsWorld().world, ...more } = options
  const lines: string[] = []
  const stream = new Writable({
    write: (chunk, _, done) => {
      lines.push(String(chunk))
      done()
    },
  })
  const admissions: Admission[] = []
  const app = webhookServer({
    screen: (body, { tenantName }) => screen(body, { tenantName, tenants: world.tenants, tickets: world.tickets() }),
    admit: (body, asked) => admit(body, asked, world),
    syncTenant: 'default',
    onAdmission: admission => admissions.push(admission),
    isDraining: () => false,
    nowMs: () => performance.now(),
    logger: pino({ level: 'trace' }, stream),
    ...more,
  })
  t.teardown(() => app.close())

  /** Posts a body as an API server does. A string is sent unchanged. */
  const post = (body: unknown, { url = '/inject/default?timeout=10s', type = 'application/json' } = {}) =>
    app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': type },
      payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : (JSON.stringify(body) ?? ''),
    })
  return { app, post, lines, admissions, logged: () => lines.join('') }
}
