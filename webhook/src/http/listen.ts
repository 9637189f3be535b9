import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { FastifyInstance, RawServerBase } from 'fastify'

/** A port, and the variable that sets it. */
export interface Port {
  variable: string
  port: number
}

/** Listens on all addresses; without IPv6, on all IPv4 addresses. @throws Fault `transient` that names a port that is not available */
export async function listenEverywhere<S extends RawServerBase>(
  app: Pick<FastifyInstance<S>, 'listen'>,
  { variable, port }: Port,
): Promise<void> {
  try {
    await listenOn(app, port)
  } catch (cause) {
    const { code = 'an error' } = cause as NodeJS.ErrnoException
    throw new Fault('transient', {
      code,
      found: `${code} for port ${port} (${variable})${code === 'EADDRINUSE' ? ': another process listens on it' : ''}`,
      wanted: 'a port to listen on',
      todo: `Set ${variable} to another port, or stop the process that uses it.`,
      cause,
    })
  }
}

async function listenOn<S extends RawServerBase>(app: Pick<FastifyInstance<S>, 'listen'>, port: number): Promise<void> {
  try {
    await app.listen({ host: '::', port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAFNOSUPPORT') throw error
    await app.listen({ host: '0.0.0.0', port })
  }
}
