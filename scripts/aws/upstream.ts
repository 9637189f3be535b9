import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'

/**
 * Forwards a request to a plain HTTP registry, and its answer to the client. Both are streamed, because layers are large.
 *
 * @param upstream its address, such as http://127.0.0.1:5000
 * @param host the registry host that the client used, from which the upstream creates its Location headers
 */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { upstream, host }: { upstream: string; host: string },
): Promise<void> {
  // The password is only for this endpoint.
  const { authorization: _, ...headers } = request.headers
  const onward = ask(new URL(request.url ?? '/', upstream), { method: request.method, headers: { ...headers, host } })
  const answered = new Promise<IncomingMessage>((resolve, reject) => onward.once('response', resolve).once('error', reject))
  // The answer may arrive before the whole request was sent (a rejected upload), so neither waits for the other.
  const sent = pipeline(request, onward).catch(() => {})
  try {
    const answer = await answered
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    await pipeline(answer, response)
  } catch (error) {
    if (response.headersSent) return void response.destroy()
    const message = `no answer from the upstream registry: ${error instanceof Error ? error.message : error}`
    response.writeHead(502, { 'Content-Type': 'application/json' }).end(JSON.stringify({ errors: [{ code: 'UNAVAILABLE', message }] }))
  }
  await sent
}
