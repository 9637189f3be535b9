import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import { startWebhook } from '../testbed/webhook-process.ts'
import { type AdmissionOptions, reviews } from './admissions.ts'
import { type Bed, namespaces } from './bed.ts'
import type { Figure } from './figures.ts'
import { pairs, ratioFigure } from './pairs.ts'
import { review } from './review.ts'

const connections = 16

/** Many alternating measurements of a second each, because equal webhooks differ by a third in single pairs, and the bound is 5 %. */
const slice = { seconds: 1, perPair: 5 }

/** Measures the cost of the ticket check: the same review is sent to a webhook that checks it and to one that does not. */
export async function attestation({ bed, program, logFile }: Bed, { pairs: count, seconds, onStep }: AdmissionOptions): Promise<Figure[]> {
  onStep('admissions with and without the check of tickets')
  const ticket = randomBytes(32)
  const dir = join(bed.dir, 'tickets')
  await mkdir(dir)
  await writeFile(join(dir, 'default'), ticket, { mode: 0o600 })
  const body = JSON.stringify(review(namespaces.ours, { [annotations.attestation]: ticket.toString('base64') }))
  const [checking, trusting] = [
    await startWebhook({ env: { ...bed.env, ATTESTATION_DIR: dir }, program, logFile }),
    await startWebhook({ env: bed.env, program, logFile }),
  ]
  const load = (url: string) => async () => (await reviews({ url, body, connections, seconds: slice.seconds })).perSecond
  for (const { url } of [checking, trusting]) await reviews({ url, body, connections, seconds })
  const found = await pairs(count * slice.perPair, load(checking.url), load(trusting.url))
  for (const webhook of [checking, trusting]) await webhook.stop('SIGKILL')
  return [
    ratioFigure(found, {
      what: `admission, warm, ${connections} connections, tickets checked, against not`,
      unit: '/s',
      wanted: { atLeast: 0.95 },
    }),
  ]
}
