import type { IncomingHttpHeaders } from 'node:http'
import { type AwsError, statusAndCode } from './aws-error.ts'
import type { Answer } from './exchange.ts'

export const apis = ['ecr', 'ecr-public', 'sts'] as const

/** The APIs, by the service name in request signatures. */
export type Api = (typeof apis)[number]

/** The requested action. Members of STS calls keep their flat names: `Tags.member.1.Key`. */
export interface ApiCall {
  api: Api
  action: string
  input: Record<string, unknown>
}

/** The result of an action, which is written as JSON for ECR and as XML elements for STS. */
export interface Result {
  [member: string]: string | number | Result | Result[]
}

// The prefixes are the shape names of the services in AWS's models.
const targets: Record<string, Api> = { AmazonEC2ContainerRegistry_V20150921: 'ecr', SpencerFrontendService: 'ecr-public' }
const stsNamespace = 'https://sts.amazonaws.com/doc/2011-06-15/'

/**
 * Recognizes a call: AWS JSON 1.1 by its X-Amz-Target header, AWS Query by its form.
 *
 * @returns undefined if the API is not emulated or the body cannot be read
 */
export function readApiCall(headers: IncomingHttpHeaders, body: string): ApiCall | undefined {
  const [service = '', action = ''] = String(headers['x-amz-target'] ?? '').split('.')
  const api = targets[service]
  if (api) {
    const input = parseObject(body || '{}')
    return input && { api, action, input }
  }
  const form = Object.fromEntries(new URLSearchParams(body))
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') && form.Action
    ? { api: 'sts', action: form.Action, input: form }
    : undefined
}

/** A successful answer in the protocol of the API. */
export function success({ api, action }: ApiCall, result: Result, requestId: string): Answer {
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`
  return api === 'sts'
    ? xmlAnswer(
        200,
        `<${action}Response xmlns="${stsNamespace}"><${action}Result>${xml(result)}</${action}Result>${metadata}</${action}Response>`,
      )
    : jsonAnswer(200, result)
}

/** An error in the protocol of the API. */
export function failure(api: Api, error: AwsError, requestId: string): Answer {
  const { status, code } = statusAndCode(error.kind, api)
  // ECR spells `Message` with a capital if its front end rejects a call, and `message` if the service does. SDKs read both.
  if (api !== 'sts') return jsonAnswer(status, { __type: code, message: error.message })
  const detail = xml({ Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: error.message })
  return xmlAnswer(
    status,
    `<ErrorResponse xmlns="${stsNamespace}"><Error>${detail}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  )
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function jsonAnswer(status: number, value: Result): Answer {
  return { status, headers: { 'Content-Type': 'application/x-amz-json-1.1' }, body: JSON.stringify(value) }
}

function xmlAnswer(status: number, body: string): Answer {
  return { status, headers: { 'Content-Type': 'text/xml' }, body }
}

function xml(value: Result[string]): string {
  if (Array.isArray(value)) return value.map(each => `<member>${xml(each)}</member>`).join('')
  if (typeof value !== 'object') return String(value).replace(/[<>&"']/g, character => `&#${character.charCodeAt(0)};`)
  return Object.entries(value)
    .map(([name, inner]) => `<${name}>${xml(inner)}</${name}>`)
    .join('')
}
