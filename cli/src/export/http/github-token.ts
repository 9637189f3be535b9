import { Fault } from '@ecr-anywhere/shared/fault.ts'
import * as z from 'zod'
import type { GithubSource } from '../source.ts'
import { sendJson } from './send-json.ts'

const answerSchema = z.object({ value: z.string().min(1) })

/**
 * The identity token of the GitHub Actions job.
 * https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
 *
 * @throws Fault `transient` if GitHub does not return one
 */
export async function githubToken({ requestUrl, requestToken, audience }: GithubSource, proxyEnv: NodeJS.ProcessEnv): Promise<string> {
  const url = new URL(requestUrl)
  url.searchParams.set('audience', audience)
  const { status, body } = await sendJson({ url: url.href, headers: { authorization: `bearer ${requestToken}` }, proxyEnv })
  const token = answerSchema.safeParse(body).data?.value
  if (status === 200 && token !== undefined) return token
  throw new Fault('transient', {
    code: `HTTP${status}`,
    found: `HTTP ${status} from GitHub's token service at ${url.host}${status === 200 ? ', without a token' : ''}`,
    wanted: `an identity token for the audience ${JSON.stringify(audience)}`,
    todo: 'Run it in a step of the job, with `permissions: id-token: write`: the request token of the runner is valid for that job only.',
  })
}
