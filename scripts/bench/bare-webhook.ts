import { readFile } from 'node:fs/promises'
import Fastify from 'fastify'

/**
 * The smallest possible webhook: Fastify over HTTPS with a route that parses the review and answers with its uid and a patch of that size.
 * Arguments: port, certificate file, key file, file with the answer of our webhook.
 */
const [port = '0', certFile = '', keyFile = '', answerFile = ''] = process.argv.slice(2)
const answer = JSON.parse(await readFile(answerFile, 'utf8'))
const app = Fastify({
  https: { cert: await readFile(certFile), key: await readFile(keyFile) },
  bodyLimit: 8 * 1024 * 1024,
  keepAliveTimeout: 120_000,
})
app.post<{ Body: { request: { uid: string } } }>('/inject/default', async request => ({
  ...answer,
  response: { ...answer.response, uid: request.body.request.uid },
}))
app.get('/readyz', async () => 'ok')
await app.listen({ host: '127.0.0.1', port: Number(port) })
