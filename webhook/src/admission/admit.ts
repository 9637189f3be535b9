import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import { accept, isProbe } from './accept.ts'
import { authenticate, couldBeTenant, type Tickets } from './authenticate.ts'
import { decide } from './decide.ts'
import { fill, type Outcome, type Result } from './fill.ts'
import { type AskToken, obtain } from './obtain.ts'
import { patchOf } from './patch.ts'
import { type ProbeWorld, probed } from './probe.ts'
import { allow, deny, type Reply } from './reply.ts'
import { type ResolveWorld, resolve } from './resolve.ts'
import { parseRequest, parseReview, type Request } from './review.ts'

/** The answer to a review, and the one line that is logged about it. The line holds no content and no credentials. */
export interface Admission {
  reply: Reply
  result: Result
  record: {
    uid: string
    tenant: string
    operation?: string
    namespace?: string
    name?: string
    registries?: readonly string[]
    why: string
  }
}

export interface AdmitWorld extends ResolveWorld, ProbeWorld {
  tenants: ReadonlyMap<string, Tenant>
  /** Undefined if attestation is disabled. */
  tickets: () => Tickets | undefined
  token: AskToken
  nowMs: () => number
  refreshBeforeMs: number
  /** The users that may create managed Secrets only without data: the service accounts of `provision` and `refresh`. */
  provisioners: ReadonlySet<string>
}

export interface Caller {
  /** The name in the request path. */
  tenantName: string
  /** Whether its connection and headers have already shown that it is the API server. Otherwise its review must have a ticket. */
  isApiServer?: boolean
  /** How long the webhook may still wait for AWS, in milliseconds. */
  leftMs: () => number
}

/**
 * Answers one AdmissionReview. It calls the other files in this order: parse, authenticate, accept, resolve, decide, obtain, fill, patch,
 * reply. Once the uid is known, every failure becomes a denial with a message, never an exception.
 *
 * @param body the parsed JSON
 * @throws Fault `input` if the body is not an AdmissionReview
 */
export async function admit(body: unknown, { tenantName, isApiServer, leftMs }: Caller, world: AdmitWorld): Promise<Admission> {
  const { uid, request: fields } = parseReview(body)
  const record: Admission['record'] = { uid, tenant: world.tenants.has(tenantName) ? tenantName : 'unknown', why: '' }
  try {
    const request = parseRequest(uid, fields)
    const { operation, namespace, name, object } = request
    Object.assign(record, { operation, namespace, name })
    const tenant = world.tenants.get(tenantName)
    if (tenant === undefined) throw unknownTenant(tenantName)
    if (!isApiServer) authenticate(request, tenant.name, world.tickets())
    const { registries, result, why, content, warnings } = await outcomeOf(request, { tenant, leftMs }, world)
    const patch = patchOf(object, { ...content, without: [annotations.attestation] })
    return { reply: allow(uid, { patch, warnings }), result, record: { ...record, registries, why } }
  } catch (error) {
    const fault = error instanceof Fault ? error : unexpected(error)
    return { reply: deny(uid, fault), result: fault.kind === 'transient' ? 'error' : 'denied', record: { ...record, why: fault.message } }
  }
}

async function outcomeOf(
  request: Request,
  { tenant, leftMs }: { tenant: Tenant; leftMs: () => number },
  world: AdmitWorld,
): Promise<Outcome & { registries: readonly string[] }> {
  const accepted = accept(request, { tenant, provisioners: world.provisioners })
  if ('skip' in accepted) {
    const skipped: Outcome = { result: 'skipped', why: accepted.skip, content: {}, warnings: [] }
    return { ...withProbeState(request, skipped, tenant, world), registries: [] }
  }
  const { kind } = accepted
  const { nowMs, refreshBeforeMs, token } = world
  const registries = await resolve(request, { tenant, kind, leftMs }, world)
  const hosts = registries.map(({ host }) => host)
  const decision = decide(request, { kind, registries, nowMs: nowMs(), refreshBeforeMs })
  const context = { tenant: tenant.name, limitMs: leftMs(), nowMs, token }
  const filling = decision.do === 'inject' ? { ...decision, obtained: await obtain(decision, context) } : decision
  const outcome = fill(request, filling, { kind, hosts, nowMs: nowMs(), refreshBeforeMs })
  return { ...withProbeState(request, outcome, tenant, world), registries: hosts }
}

/** A probe in a dry run is answered with the tenant's state. */
function withProbeState({ object, dryRun }: Request, outcome: Outcome, tenant: Tenant, world: ProbeWorld): Outcome {
  return dryRun && isProbe(object) ? probed(outcome, tenant, world) : outcome
}

/** The name comes from the request path, so any caller can choose it. It is quoted only if it is a DNS label. */
function unknownTenant(name: string): Fault {
  return new Fault('input', {
    found: `${couldBeTenant(name) ? `the tenant ${JSON.stringify(name)}` : 'a tenant whose name is not a DNS label'}, which the webhook does not have`,
    wanted: 'a tenant of its configuration file, or `default`',
    todo: `Correct the label ${labels.namespace} of the namespace, or add the tenant.`,
  })
}

/** A bug in the webhook. The error's text may quote data, so only its class is reported. */
function unexpected(error: unknown): Fault {
  return new Fault('transient', {
    code: 'InternalError',
    found: `${sentence(error)} in the webhook itself`,
    wanted: 'an answer',
    todo: 'Please report it with the webhook log of this uid.',
    cause: error,
  })
}
