import { gaxios } from 'google-auth-library'
import { Fault } from '../fault.ts'
import { settingsFault } from '../settings-fault.ts'

export interface GoogleRequest {
  /** By default GET. */
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** As in Google's reference: `https://iamcredentials.googleapis.com/v1/…`. */
  url: string
  /** Sent as JSON. */
  body?: unknown
  /** Sent as a form, instead of `body`. */
  form?: Record<string, string>
  signal?: AbortSignal | undefined
}

export interface GoogleAnswer {
  status: number
  /** The parsed JSON, or the text if it is not JSON. */
  body: unknown
  headers: Headers
}

/** Google's client for HTTP, which uses the proxies of this environment. */
export type GoogleTransport = gaxios.Gaxios

/** The limit of one request. The library has none by default. */
const limitMs = 15_000

/**
 * Google's client for HTTP. With an endpoint, every request to a host of googleapis.com is sent there, with the same path: the library
 * has no setting for this, and ignores the `token_uri` of a key.
 *
 * @param endpoint GOOGLE_ENDPOINT_URL
 * @throws Fault `settings` if the endpoint is not a URL
 */
export function googleTransport(endpoint: string | undefined): GoogleTransport {
  const base = endpoint ? endpointUrl(endpoint) : undefined
  return base === undefined ? new gaxios.Gaxios({ timeout: limitMs }) : new Redirected(base)
}

/** @param headers those that authorize the request @throws Fault `transient` if there is no answer; an answer of any status is returned */
export async function send(transport: GoogleTransport, request: GoogleRequest, headers = new Headers()): Promise<GoogleAnswer> {
  const { method = 'GET', url, signal } = request
  try {
    const answer = await transport.request<unknown>({
      method,
      url,
      ...content(request, headers),
      responseType: 'json',
      validateStatus: () => true,
      ...(signal === undefined ? {} : { signal }),
    })
    return { status: answer.status, body: answer.data, headers: answer.headers }
  } catch (cause) {
    throw unreachable(url, cause)
  }
}

function content({ body, form }: GoogleRequest, given: Headers): Pick<gaxios.GaxiosOptions, 'headers' | 'data'> {
  const headers = new Headers(given)
  if (form !== undefined) return { headers, data: new URLSearchParams(form) }
  if (body === undefined) return { headers }
  headers.set('content-type', 'application/json')
  return { headers, data: JSON.stringify(body) }
}

/** The code of Node or of the library for a request without an answer, such as `ECONNREFUSED` or `TimeoutError`. */
export function networkCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code
  }
  return undefined
}

export function unreachable(url: string, cause: unknown): Fault {
  const code = networkCode(cause) ?? 'NetworkError'
  return new Fault('transient', {
    code,
    found: `${code} from ${new URL(url).host}`,
    wanted: 'an answer',
    todo: 'Can this machine reach Google (network policy, HTTPS_PROXY, DNS, GOOGLE_ENDPOINT_URL)? For a proxy with its own CA, set NODE_EXTRA_CA_CERTS.',
    cause,
  })
}

/** The address is changed before the request is prepared, so that the choice of a proxy is made for the address that is used. */
class Redirected extends gaxios.Gaxios {
  readonly #base: URL

  constructor(base: URL) {
    super({ timeout: limitMs })
    this.#base = base
  }

  override request<T = unknown>(options: gaxios.GaxiosOptions = {}): gaxios.GaxiosPromise<T> {
    const { url } = options
    return super.request<T>(url === undefined ? options : { ...options, url: redirected(new URL(url), this.#base) })
  }
}

function redirected(url: URL, base: URL): URL {
  if (!url.hostname.endsWith('.googleapis.com')) return url
  return new URL(`${base.pathname.replace(/\/$/, '')}${url.pathname}${url.search}`, base)
}

function endpointUrl(endpoint: string): URL {
  const url = URL.parse(endpoint)
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw settingsFault(['GOOGLE_ENDPOINT_URL: found no URL, wanted the base URL of all Google calls, such as https://google.example.com'])
}
