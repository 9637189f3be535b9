import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request as overHttps } from 'node:https'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { parseArgs } from 'node:util'

/**
 * Stands before the API server with its own certificate, and lets everything through; but the answer to a write is held back for ever, and
 * the write is named on stdout. So whoever wrote can be killed after the write and before the next step, each time.
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
