import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { mintPair } from '@ecr-anywhere/cronjob/certs/random/mint-pair.ts'

/** A webhook of somebody else, such as one that adds sidecars. */
export interface OtherWebhook {
  /** `clientConfig` of a webhook configuration that calls it. */
  clientConfig: { url: string; caBundle: string }
  /** The bodies of the reviews that it has received. */
  seen: string[]
}

export interface OtherWebhookOptions {
  /** @returns the operations of a JSON patch, or undefined if it never answers */
  // biome-ignore lint/suspicious/noExplicitAny: the object of an AdmissionReview
  change: (object: any) => object[] | undefined
}

/** Starts another webhook, which allows everything. It ends with the test. */
export async function startOtherWebhook(
  t: { teardown: (stop: () => unknown) => unknown },
  { change }: OtherWebhookOptions,
): Promise<OtherWebhook> {
  const pair = await mintPair(['127.0.0.1'], Date.now())
  const seen: string[] = []
  const server = createServer({ cert: pair.cert, key: pair.key }, async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString()
    seen.push(body)
    const { uid, object } = JSON.parse(body).request
    const operations = change(object)
    if (operations === undefined) return
    const patch = Buffer.from(JSON.stringify(operations)).toString('base64')
    const answer = {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid, allowed: true, patchType: 'JSONPatch', patch },
    }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => void server.close())
  t.teardown(() => server.closeAllConnections())
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { clientConfig: { url, caBundle: Buffer.from(pair.ca).toString('base64') }, seen }
}
