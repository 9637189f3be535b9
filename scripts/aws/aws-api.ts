import { randomUUID } from 'node:crypto'
import { type ApiCall, readApiCall } from './api-call.ts'
import { authenticate, readScope, type SignedRequest } from './authenticate.ts'
import { AwsError } from './aws-error.ts'
import type { Call, CallLog } from './calls.ts'
import { type EcrWorld, ecr } from './ecr.ts'
import { type Handler, json, readBody, send } from './exchange.ts'
import { matchFaults, type Switches } from './faults.ts'
import type { Principal, Principals } from './principals.ts'
import { needsNoSignature, sessionTags, sts } from './sts.ts'
import { answerCall } from './suffer.ts'

/** The region of unsigned calls. They name it only by the host (sts.<region>.amazonaws.com), which a custom endpoint hides. */
export const unsignedRegion = 'us-east-1'

export interface ApiWorld extends EcrWorld {
  principals: Principals
  log: CallLog<Call>
  switches: Switches
  nowMs: () => number
}

/** Serves all APIs of AWS at one address. The header or form of a call names its API. */
export function awsApi(world: ApiWorld): Handler {
  return async (request, response) => {
    const { method = '', url = '/', headers } = request
    const signed = { method, url, headers, body: await readBody(request) }
    const call = method === 'POST' ? readApiCall(headers, signed.body.toString()) : undefined
    if (!call)
      return send(response, json(404, { found: `${method} ${url}`, wanted: 'a call of ECR, ECR Public or STS, /v2/ or /_emulator/calls' }))
    const requestId = randomUUID()
    const nowMs = world.nowMs()
    const region = readScope(headers)?.region ?? unsignedRegion
    const caller = await identify(world, call, signed)
    const principal = caller instanceof AwsError ? undefined : caller
    world.log.record(describe({ call, region, principal, at: new Date(nowMs).toISOString() }))
    const suffering = matchFaults(world.switches.faults, { api: call.api, region, principal })
    await answerCall(response, {
      call,
      requestId,
      // The SDKs correct their clock by the Date header, so it has to be the time of the emulator.
      headers: { 'x-amzn-RequestId': requestId, Date: new Date(nowMs).toUTCString() },
      suffering,
      produce() {
        if (caller instanceof AwsError) throw caller
        const expired = suffering.fault === 'already-expired' ? -60 : undefined
        if (call.api === 'sts') return sts(world.principals, call, { principal, nowMs, lifeSeconds: expired })
        if (!principal) throw new AwsError('no-authentication', 'Missing Authentication Token')
        return ecr(world, call, { principal, region, nowMs, lifeSeconds: expired ?? world.switches.tokenLifeSeconds })
      },
    })
  }
}

/** The caller, or the error as a value, because faults and the log of calls take precedence over it. */
async function identify({ principals, nowMs }: ApiWorld, call: ApiCall, request: SignedRequest): Promise<Principal | AwsError | undefined> {
  if (needsNoSignature(call)) return undefined
  try {
    return await authenticate(request, { api: call.api, key: principals.key, nowMs: nowMs() })
  } catch (error) {
    if (error instanceof AwsError) return error
    throw error
  }
}

function describe({ call, region, principal, at }: { call: ApiCall; region: string; principal: Principal | undefined; at: string }): Call {
  const { RoleArn, RoleSessionName, ExternalId } = call.input
  const tags = sessionTags(call.input)
  return {
    api: call.api,
    action: call.action,
    region,
    ...(principal && { principal: principal.arn }),
    ...(RoleArn !== undefined && { roleArn: String(RoleArn) }),
    ...(RoleSessionName !== undefined && { sessionName: String(RoleSessionName) }),
    ...(ExternalId !== undefined && { externalId: String(ExternalId) }),
    ...(Object.keys(tags).length > 0 && { tags }),
    at,
  }
}
