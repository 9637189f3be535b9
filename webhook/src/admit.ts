import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import { attest, type Tickets } from './attest.ts'
import { type InjectWorld, inject, type Result } from './inject.ts'
import { patchOf } from './patch.ts'
import { type ProbeWorld, probed } from './probe.ts'
import { isProbe } from './refuse.ts'
import { allow, deny, parseRequest, parseReview, type Reply } from './review.ts'

/** A review's answer, and the one line that is logged about it: no content, no credentials. */
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

export interface AdmitWorld extends InjectWorld, ProbeWorld {
  tenants: ReadonlyMap<string, Tenant>
  /** Undefined where attestation is off. */
  tickets: () => Tickets | undefined
}

/**
 * Answers one AdmissionReview. Whatever goes wrong once its uid is known is a denial with a sentence, never an exception.
 *
 * @param body the parsed JSON
 * @param tenantName as in the path
 * @throws Fault `input` if the body is no AdmissionReview
 */
export async function admit(
  body: unknown,
  { tenantName, leftMs }: { tenantName: string; leftMs: () => number },
  world: AdmitWorld,
): Promise<Admission> {
  const { uid, request: fields } = parseReview(body)
  const known: Admission['record'] = { uid, tenant: world.tenants.has(tenantName) ? tenantName : 'unknown', why: '' }
  try {
    const request = parseRequest(uid, fields)
    const { operation, namespace, name, object } = request
    Object.assign(known, { operation, namespace, name })
    const tenant = world.tenants.get(tenantName)
    if (tenant === undefined) throw unknownTenant(tenantName)
    attest(request, tenant.name, world.tickets())
    const outcome = await inject(request, { tenant, leftMs }, world)
    const { result, why, wanted, registries, warnings } = request.dryRun && isProbe(object) ? probed(outcome, tenant, world) : outcome
    const patch = patchOf(object, { ...wanted, without: ticket })
    return { reply: allow(uid, { patch, warnings }), result, record: { ...known, registries, why } }
  } catch (error) {
    const fault = error instanceof Fault ? error : unexpected(error)
    return { reply: deny(uid, fault), result: fault.kind === 'transient' ? 'error' : 'denied', record: { ...known, why: fault.message } }
  }
}

/** What our admission policy wrote is for us alone. */
const ticket: readonly string[] = [annotations.attestation]

/** The name is part of a path, which any caller may choose. */
function unknownTenant(name: string): Fault {
  return new Fault('input', {
    found: `${/^[a-z0-9-]{1,63}$/.test(name) ? `the tenant ${JSON.stringify(name)}` : 'a tenant whose name is no DNS label'}, which the webhook does not have`,
    wanted: 'a tenant of its configuration file, or `default`',
    todo: `Correct the label ${labels.namespace} of the namespace, or add the tenant.`,
  })
}

/** A mistake of ours. Its text may quote data, so only its class is told. */
function unexpected(error: unknown): Fault {
  return new Fault('transient', {
    code: 'InternalError',
    found: `${sentence(error)} in the webhook itself`,
    wanted: 'an answer',
    todo: 'Please report it with the webhook log of this uid.',
    cause: error,
  })
}
