import { isDue } from '@ecr-anywhere/shared/due.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import type { CredentialsByHost, SecretKind } from '../secret-kinds/secret-kind.ts'
import type { Decision, InjectedState } from './decide.ts'
import type { Obtained } from './obtain.ts'
import type { Content } from './patch.ts'
import { injectedHosts } from './resolve.ts'
import type { Request } from './review.ts'

/** How a review was answered: the label `result` of the metric and the field `result` of the log line. */
export type Result = 'injected' | 'unchanged' | 'stale' | 'kept' | 'dry_run' | 'skipped' | 'denied' | 'error'

/** The content and the warnings for a Secret that is allowed. */
export interface Outcome {
  result: Exclude<Result, 'denied' | 'error'>
  why: string
  content: Content
  warnings: string[]
}

export interface FillContext {
  kind: SecretKind
  hosts: readonly string[]
  nowMs: number
  refreshBeforeMs: number
}

type Injection = Extract<Decision, { do: 'inject' }> & { obtained: Obtained }

/** A decision, with the credentials if it is to inject. */
export type Filling = Exclude<Decision, { do: 'inject' }> | Injection

/** Determines the content of the Secret. */
export function fill(request: Request, filling: Filling, context: FillContext): Outcome {
  const { object, oldObject } = request
  const { kind, hosts } = context
  const outcome = filled(request, filling, context)
  const advice = kind.warnings?.(object.data, oldObject?.data, hosts) ?? []
  return { ...outcome, warnings: [...outcome.warnings, ...advice] }
}

function filled(request: Request, filling: Filling, context: FillContext): Outcome {
  const { why, injected } = filling
  if (filling.do === 'dryRun') return dryRun(request, injected, context)
  if (filling.do === 'keep') return { result: 'unchanged', why, content: putBack(request, filling.injected, context), warnings: [] }
  const { obtained } = filling
  if (obtained.from === 'tokens') return fresh(request, { why, injected, obtained }, context)
  const { cause } = obtained
  const warning = `${cause.code} from AWS; kept the old credentials, good until ${formatTime(obtained.injected.expiresAtMs)}`
  return { result: 'kept', why: cause.message, content: putBack(request, obtained.injected, context), warnings: [warning] }
}

function dryRun(request: Request, injected: InjectedState | undefined, context: FillContext): Outcome {
  const common = { result: 'dry_run', why: 'dry run' } as const
  if (injected === undefined) {
    const content = { data: context.kind.empty(request.object.data) }
    return { ...common, content, warnings: ['dry run: no credentials were injected'] }
  }
  return { ...common, content: putBack(request, injected, context), warnings: ['dry run: the credentials stay as they are'] }
}

function putBack({ object }: Request, injected: InjectedState, { kind }: FillContext): Content {
  return { data: kind.write(object.data, injected.credentials).data, annotations: injected.annotations }
}

interface Fresh {
  why: string
  injected: InjectedState | undefined
  obtained: Extract<Obtained, { from: 'tokens' }>
}

function fresh({ object, oldObject }: Request, { why, injected, obtained }: Fresh, context: FillContext): Outcome {
  const { kind, hosts, nowMs, refreshBeforeMs } = context
  const { credentials, stale } = obtained
  const former = oldObject && { hosts: injectedHosts(oldObject), data: oldObject.data }
  const { data, replaced } = kind.write(object.data, credentials, former)
  const isChanged = injected === undefined || !samePasswords(injected.credentials, credentials)
  const expiresAt = formatTime(obtained.expiresAtMs)
  const notes = new Map([
    ...(isChanged ? [[annotations.updatedAt, formatTime(nowMs)] as const] : injected.annotations),
    [annotations.expiresAt, expiresAt],
    [annotations.injectedRegistries, hosts.join(',')],
  ])
  const isShort = stale === undefined && isDue({ expiresAt, updatedAt: notes.get(annotations.updatedAt), nowMs, refreshBeforeMs })
  const warnings = [
    stale === undefined ? undefined : `${codeOf(stale)} from AWS; injected an older token, good until ${expiresAt}`,
    isShort ? `AWS gave a token that expires at ${expiresAt}: it is due already` : undefined,
    replaced,
  ].filter(warning => warning !== undefined)
  return { result: stale === undefined ? 'injected' : 'stale', why, content: { data, annotations: notes }, warnings }
}

/** Both are for the same hosts. */
function samePasswords(some: CredentialsByHost, others: CredentialsByHost): boolean {
  return [...some].every(([host, { password }]) => others.get(host)?.password === password)
}

function codeOf(error: unknown): string {
  return error instanceof Fault ? error.code : 'an error'
}
