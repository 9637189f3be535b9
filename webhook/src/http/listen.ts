import type { FastifyInstance, RawServerBase } from 'fastify'

/** Listens on every address; on machines without IPv6, on every IPv4 one. */
export async function listenEverywhere<S extends RawServerBase>(app: Pick<FastifyInstance<S>, 'listen'>, port: number): Promise<void> {
  try {
    await app.listen({ host: '::', port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAFNOSUPPORT') throw error
    await app.listen({ host: '0.0.0.0', port })
  }
}
