import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { type Scope, scopeId } from '@ecr-anywhere/shared/scope.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import jsonPatch, { type Operation } from 'fast-json-patch'
import { type AdmitWorld, admit } from '../../src/admission/admit.ts'
import type { Reply } from '../../src/admission/reply.ts'
import { nowMs, type WireSecret } from './secrets.ts'

export interface TestRequest {
  operation?: string
  dryRun?: boolean
  object?: unknown
  oldObject?: unknown
}

export const uid = '705ab4f5-6393-11e8-b7cc-42010a800002'
/** 12 h after the time of the tests. */
export const newExpiryMs = nowMs + 12 * 3_600_000
/** The registry of the principal of every tenant. */
export const ownHost = '999988887777.dkr.ecr.us-west-2.amazonaws.com'

/** An AdmissionReview for a CREATE, or for an UPDATE if there is an oldObject. */
export function review({ oldObject = null, operation = oldObject === null ? 'CREATE' : 'UPDATE', ...request }: TestRequest) {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid, operation, dryRun: false, namespace: 'team-a', name: 'pull', ...request, oldObject },
  }
}

/** The password of the token for a scope in `awsWorld`. */
export function newPassword(scope: string): string {
  return `new-hunter2-of-${scope}`
}

/** A world in which AWS works. @returns also the list of requests to it */
export function awsWorld({ tenant = {}, ...more }: Partial<AdmitWorld> & { tenant?: Partial<Tenant> } = {}) {
  const asked: string[] = []
  const world: AdmitWorld = {
    tenants: new Map([['default', { name: 'default', ...tenant }]]),
    tickets: () => undefined,
    token: async ({ scope }: { tenant: string; scope: Scope }) => {
      asked.push(scopeId(scope))
      return { value: { username: 'AWS', password: newPassword(scopeId(scope)), expiresAtMs: newExpiryMs } }
    },
    ownRegistry: async () => {
      asked.push('own registry')
      return ownHost
    },
    isRegion: (_, region) => /^[a-z]{2}-[a-z]+-\d$/.test(region),
    partition: () => undefined,
    nowMs: () => nowMs,
    refreshBeforeMs: 6 * 3_600_000,
    provisioners: new Set(),
    tenantState: () => ({ state: 'ok' }),
    askAgain: () => void asked.push('again'),
    ...more,
  }
  return { world, asked }
}

/** The error of a token call while AWS fails. */
export const awsDown = new Fault('transient', {
  code: 'AccessDeniedException',
  found: 'AccessDeniedException from ecr:GetAuthorizationToken in us-east-1 for tenant default',
  wanted: 'an answer',
  todo: 'Allow it.',
})

/** Answers a request in a world. `patched` is the object after the patch, which another library applies. */
export async function answer(asked: TestRequest, world: AdmitWorld = awsWorld().world) {
  const admission = await admit(review(asked), { tenantName: 'default', leftMs: () => 9_000 }, world)
  return { ...admission, ...resultOf(asked.object, admission.reply) }
}

/** The effect of a reply, as an API server would apply it. */
export function resultOf(object: unknown, { response }: Reply) {
  const operations: Operation[] = response.patch === undefined ? [] : JSON.parse(Buffer.from(response.patch, 'base64').toString())
  const patched = jsonPatch.applyPatch(structuredClone(object), operations, true).newDocument as WireSecret
  return { response, operations, patched, warnings: response.warnings ?? [] }
}
