import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { annotations } from '../../shared/src/names.ts'
import { startWebhook } from '../testbed/webhook-process.ts'
import { type AdmissionOptions, reviews } from './admissions.ts'
import { type Bed, namespaces } from './bed.ts'
import type { Figure } from './figures.ts'
import { pairs, ratioFigure } from './pairs.ts'
import { review } from './review.ts'

const connections = 16

/**
 * What the check of tickets costs: the same review with a ticket, to a webhook that checks it and to one that does not. Each measurement has
 * a webhook of its own, for two that do the same differ by up to 7 %, as their code happened to be compiled.
 */
export async function attestation({ bed, program, logFile }: Bed, { pairs: count, seconds, onStep }: AdmissionOptions): Promise<Figure[]> {
  onStep('admissions with and without the check of tickets')
  const ticket = randomBytes(32)
  const dir = join(bed.dir, 'tickets')
  await mkdir(dir)
  await writeFile(join(dir, 'default'), ticket, { mode: 0o600 })
  const body = JSON.stringify(review(namespaces.ours, { [annotations.attestation]: ticket.toString('base64') }))
  const load = (env: Record<string, string>) => async () => {
    const webhook = await startWebhook({ env: { ...bed.env, ...env }, program, logFile })
    await reviews({ url: webhook.url, body, connections, seconds })
    const { perSecond } = await reviews({ url: webhook.url, body, connections, seconds })
    await webhook.stop('SIGKILL')
    return perSecond
  }
  const found = await pairs(count, load({ ATTESTATION_DIR: dir }), load({}))
  return [
    ratioFigure(found, {
      what: `admission, warm, ${connections} connections, tickets checked, against not`,
      unit: '/s',
      wanted: { atLeast: 0.95 },
    }),
  ]
}
