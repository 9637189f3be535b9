import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request as overHttps } from 'node:https'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { parseArgs } from 'node:util'

/**
 * A proxy with its own certificate for the API server. It forwards every request, but never returns the answer to a write, and
 * prints the write to stdout. Thus a client can be killed after a write and before its next step.
 */
const { values } = parseArgs({
  options: { pki: { type: 'string' }, host: { type: 'string' }, port: { type: 'string' }, to: { type: 'string' } },
})
const { pki = '', host = '', port = '', to = '' } = values
const [cert, key, ca] = await Promise.all(['apiserver.crt', 'apiserver.key', 'ca.crt'].map(name => readFile(join(pki, name))))
const server = createServer({ cert, key }, (request, response) => {
  pass(request, response).catch(() => response.destroy())
})
server.listen(Number(port), host, () => console.log('listening'))

async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers } = request
  const onward = overHttps(new URL(url, to), { method, headers, ca })
  onward.end(await buffer(request))
  const [answer] = (await once(onward, 'response')) as [IncomingMessage]
  const body = await buffer(answer)
  const { statusCode = 0 } = answer
  if (method !== 'GET' && statusCode < 300) {
    console.log(`held ${method} ${url}`)
    return
  }
  response.writeHead(statusCode, answer.headers).end(body)
}
