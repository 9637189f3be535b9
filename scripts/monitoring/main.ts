import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { dashboardResults } from './dashboard-results.ts'
import { picture } from './picture.ts'
import { startScraped } from './scraped-webhooks.ts'

/** `npm run dashboard:picture`: draws the picture of the documentation from what a real Prometheus sees of real webhooks. */
const seconds = 120
const file = resolve(import.meta.dirname, '../../docs/images/dashboard.svg')
const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-picture-'))
const { prometheus, traffic, stop } = await startScraped(dir)
try {
  for (const untilMs = performance.now() + seconds * 1000; performance.now() < untilMs; ) {
    await traffic()
    // More and less by turns, so that the lines show something.
    await sleep(150 + 120 * Math.sin(performance.now() / 8_000))
  }
  await writeFile(file, picture(await dashboardResults(prometheus, seconds - 5)))
  console.log(file)
} finally {
  await stop()
  await rm(dir, { recursive: true })
}
