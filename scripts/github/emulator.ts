import { randomBytes } from 'node:crypto'
import { type Answer, json, send } from '../aws/exchange.ts'
import { listen, portOf, stop } from '../aws/http-server.ts'
import { encodeJwt } from '../google/jwt.ts'
import { claimsOf, type Job } from './claims.ts'

export interface GithubOptions {
  job: Job
  /** Called with the request token and each identity token. */
  onSecret?: (secret: string) => void
  /** The emulator's clock, milliseconds since the epoch. */
  nowMs?: () => number
}

export interface Github {
  /** The variables that the runner sets in a step of a job with `permissions: id-token: write`. */
  env: { ACTIONS_ID_TOKEN_REQUEST_URL: string; ACTIONS_ID_TOKEN_REQUEST_TOKEN: string }
  /** From now on, tokens are those of this job. */
  setJob(job: Job): void
  /** Statuses of the next answers, instead of their own: 503. */
  failNext(...statuses: number[]): void
  stop(): Promise<void>
}

/**
 * Starts the service from which a job of GitHub Actions gets its identity token. Nobody signed the token: the emulated STS verifies none.
 * Source: https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
 */
export async function startGithub({ job, onSecret = () => {}, nowMs = Date.now }: GithubOptions): Promise<Github> {
  const requestToken = randomBytes(60).toString('base64url')
  onSecret(requestToken)
  const state = { job, failing: [] as number[] }

  function answer(url: string, authorization: string | undefined): Answer {
    const { pathname, searchParams } = new URL(url, 'http://pipelines.actions.githubusercontent.com')
    const failing = state.failing.shift()
    if (failing !== undefined) return json(failing, { message: 'The service is unavailable.' })
    if (pathname !== idTokenPath) return json(404, { message: 'Not Found' })
    // Schemes are case-insensitive: https://datatracker.ietf.org/doc/html/rfc9110#section-11.1
    if (authorization?.replace(/^bearer /i, '') !== requestToken) return json(401, { message: 'The token is not valid.' })
    const value = encodeJwt(claimsOf(state.job, { audience: searchParams.get('audience') ?? undefined, nowMs: nowMs() }))
    onSecret(value)
    return json(200, { count: value.length, value })
  }

  const server = await listen({ host: '127.0.0.1', port: 0 }, [
    ['/', async (request, response) => send(response, answer(request.url ?? '', request.headers.authorization))],
  ])
  return {
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${portOf(server)}${idTokenPath}?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
    },
    setJob(job) {
      state.job = job
    },
    failNext: (...statuses) => void state.failing.push(...statuses),
    stop: () => stop(server),
  }
}

const idTokenPath = '/abc/00000000-0000-0000-0000-000000000000/_apis/distributedtask/hubs/Actions/plans/1/jobs/2/idtoken'
