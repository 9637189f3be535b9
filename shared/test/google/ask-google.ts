import { Fault, sentence } from '../../src/fault.ts'
import { googleAuth } from '../../src/google/google-auth.ts'

/** A program of the tests: reads one secret twice with the credentials of its environment, and prints what happened as JSON. */
const { env } = process
const say = (what: object) => process.stdout.write(JSON.stringify(what))
try {
  const { request } = googleAuth({ env, endpoint: env.GOOGLE_ENDPOINT_URL })
  const url = 'https://secretmanager.googleapis.com/v1/projects/p/secrets/s?fields=name'
  const { status, body } = await request({ method: 'POST', url, body: { a: 'b' } })
  const again = await request({ url })
  say({ status, body, again: again.status })
} catch (error) {
  const { kind, code } = error instanceof Fault ? error : { kind: 'none', code: 'none' }
  say({ kind, code, sentence: sentence(error) })
}
