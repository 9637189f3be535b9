import { metricNames } from '@ecr-anywhere/shared/names.ts'
import type { WebhookProcess } from './webhook-process.ts'

/** Does work. @returns the reviews that the metric of the webhook counted during it, such as `{ 'default UPDATE unchanged': 1 }` */
export async function admissionsDuring(webhook: () => WebhookProcess, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await admissions(webhook())
  await work()
  const after = await admissions(webhook())
  const counted = Object.entries(after).map(([key, count]) => [key, count - (before[key] ?? 0)] as const)
  return Object.fromEntries(counted.filter(([, count]) => count !== 0))
}

async function admissions({ operationsUrl }: WebhookProcess): Promise<Record<string, number>> {
  const text = await (await fetch(`${operationsUrl}/metrics`)).text()
  const sample = new RegExp(`^${metricNames.admissionRequests}\\{(.*)\\} (\\d+)$`, 'gm')
  return Object.fromEntries(
    [...text.matchAll(sample)].map(([, labels = '', count]) => {
      const { tenant, operation, result } = Object.fromEntries(
        [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
      )
      return [`${tenant} ${operation} ${result}`, Number(count)]
    }),
  )
}
