import * as z from 'zod'
import { Fault } from '../fault.ts'
import { googleText } from './google-text.ts'
import type { GoogleRequest } from './google-transport.ts'

/** Details that Google adds to an error: https://google.aip.dev/193. Other kinds of details, and other forms, are ignored. */
const errorDetails = z.object({ error: z.object({ details: z.array(z.unknown()) }) }).catch({ error: { details: [] } })
const errorInfo = z.object({
  '@type': z.literal('type.googleapis.com/google.rpc.ErrorInfo'),
  reason: z.string(),
  metadata: z.object({ permission: z.string().optional() }).catch({}),
})
const help = z.object({ '@type': z.literal('type.googleapis.com/google.rpc.Help'), links: z.array(z.object({ url: z.string() })) })

/**
 * A message for an answer that is an error.
 *
 * @param permission the IAM permission that the call requires, for the advice if Google does not name it
 * @returns a Fault `transient` whose code is Google's reason or status, such as `SERVICE_DISABLED` or `NOT_FOUND`
 */
export function googleFault(answer: { status: number; body: unknown }, request: GoogleRequest, permission?: string): Fault {
  const { status } = answer
  const { code: googleCode, text } = googleText(answer.body)
  const { details } = errorDetails.parse(answer.body).error
  const info = first(details, errorInfo)
  const code = info?.reason ?? googleCode ?? `HTTP${status}`
  const { host, pathname } = new URL(request.url)
  return new Fault('transient', {
    code,
    found: `HTTP ${status} ${code} from ${host} for ${request.method ?? 'GET'} ${pathname}${text ? ` (${JSON.stringify(text)})` : ''}`,
    wanted: 'success',
    todo: advice({ status, code, permission: info?.metadata.permission ?? permission, link: first(details, help)?.links[0]?.url }),
  })
}

function advice({
  status,
  code,
  permission,
  link,
}: {
  status: number
  code: string
  permission: string | undefined
  link: string | undefined
}) {
  if (code === 'SERVICE_DISABLED') return `Enable the API${link === undefined ? '' : `: ${link}`}. It takes some minutes to take effect.`
  if (status === 400) return 'Correct what the message names.'
  if (status === 401) return "Are the Google credentials valid, and is this machine's clock correct?"
  if (status === 403) return `Grant ${permission ?? 'the missing permission'} on this resource to the identity that calls it.`
  if (status === 404) return 'Create it, or correct its name in the settings.'
  if (status === 409) return 'Another program changed it at the same time. The next run tries again.'
  if (status === 429) return 'Google limits calls per project. If it persists, request a higher quota.'
  return 'It was retried. If it persists, see https://status.cloud.google.com.'
}

function first<T>(details: readonly unknown[], schema: z.ZodType<T>): T | undefined {
  return details.map(detail => schema.safeParse(detail).data).find(data => data !== undefined)
}
