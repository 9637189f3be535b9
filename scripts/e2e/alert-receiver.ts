import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

/** The receiver that an Alertmanager notifies: `alert-receiver.ts PORT` prints each notification as one line of JSON. */
const port = Number(process.argv[2])
createServer(async (request, response) => {
  const body = await text(request)
  if (body !== '') console.log(JSON.stringify(JSON.parse(body)))
  response.end()
}).listen(port, '127.0.0.1')
