import { review } from '../bench/review.ts'
import { imageName } from '../image/image.ts'
import { must } from '../testbed/testbed.ts'
import { eventually } from './eventually.ts'
import { pod } from './objects.ts'
import { type Product, releaseNamespace } from './product.ts'

// This client in the cluster network does not verify the certificate of the webhook.
const posting = `process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
const [url, body] = process.argv.slice(1)
const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
process.stdout.write(await answer.text())`

/** Sends the webhook a review from a pod without any rights, as an API server would. @returns the response in the answer */
export async function sendReview(product: Product, { namespace, name, ticket }: { namespace: string; name: string; ticket?: string }) {
  const { kubectl, node } = product
  const ip = await kubectl('get', 'service', 'ecr-anywhere-webhook', '-n', releaseNamespace, '-o', 'jsonpath={.spec.clusterIP}')
  const body = review(namespace)
  if (ticket !== undefined) Object.assign(body.request.object.metadata.annotations, { 'ecr-anywhere.centml.ai/attestation': ticket })
  const url = `https://${ip}/inject/default?timeout=10s`
  const command = ['/nodejs/bin/node', '--no-warnings', '--input-type=module', '--eval', posting, url, JSON.stringify(body)]
  await must(node.kubectl('apply', '-f', '-', { input: JSON.stringify(pod({ namespace, name }, { image: imageName, command })) }))
  const ended = ['get', 'pod', name, '-n', namespace, '-o', 'jsonpath={.status.phase}'] as const
  await eventually(`pod ${name} has ended`, async () => ['Succeeded', 'Failed'].includes(await kubectl(...ended)))
  const { response } = JSON.parse(await kubectl('logs', name, '-n', namespace))
  return response as { allowed: boolean; patch?: string; status?: { message: string } }
}
