import { readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { textTable } from '@ecr-anywhere/shared/table.ts'
import { withSection } from '../docs/section.ts'
import { admissions } from './admissions.ts'
import { throughApiServer } from './api-server.ts'
import { attestation } from './attestation.ts'
import { startBed } from './bed.ts'
import { coldStart } from './cold.ts'
import { type Figure, isMet, markdownTable, rowsOf } from './figures.ts'
import { refresherMemory } from './memory.ts'
import { modes } from './modes.ts'
import { pods } from './pods.ts'
import { provisioning } from './provisioning.ts'
import { refreshes } from './refreshes.ts'
import { starts } from './starts.ts'
import { statusOfMany } from './status.ts'

/** `npm run bench`: measures every figure and its bare baseline in one run. The exit code is 1 if a bound is missed. */
const { values } = parseArgs({
  options: {
    /** Makes fewer and shorter measurements, which are not for the page. */
    quick: { type: 'boolean', default: false },
    /** The measurements to make. May be given several times. */
    only: { type: 'string', multiple: true },
    /** Write the figures to this file. */
    json: { type: 'string' },
    /** Put the table into the page docs/benchmarks.md. */
    page: { type: 'boolean', default: false },
  },
})
const full = { pairs: 5, seconds: 5, writes: 3_000, secrets: 10_000, small: 50_000, large: 1_000, namespaces: 10_000, starts: 5 }
const sizes = values.quick
  ? { pairs: 3, seconds: 2, writes: 1_000, secrets: 1_000, small: 5_000, large: 100, namespaces: 2_000, starts: 3 }
  : full
const concurrency = 16
const page = 'docs/benchmarks.md'
const startedMs = performance.now()
const onStep = (what: string) => console.error(`${((performance.now() - startedMs) / 1000).toFixed(0).padStart(4)} s  ${what}`)

onStep('bundles, control plane, AWS emulator, webhooks')
const bed = await startBed()
const options = { ...sizes, concurrency, onStep }
const measurements: Record<string, () => Promise<Figure[]>> = {
  starts: () => starts(bed, sizes.starts),
  admissions: () => admissions(bed, options),
  tickets: () => attestation(bed, options),
  'cold start': () => coldStart(bed),
  'API server': () => throughApiServer(bed, options),
  refreshes: () => refreshes(bed, options),
  modes: () => modes(bed, options),
  provisioning: () => provisioning(bed, options),
  // Never fewer, because their ratio is close to its bound: single pairs of a thousand pods are between 0.77 and 1.05.
  pods: () => pods(bed, { ...options, pairs: full.pairs, writes: full.writes }),
  'memory of the refresher': () => refresherMemory(bed, options),
  status: () => statusOfMany(bed, options),
}
const unknown = (values.only ?? []).filter(name => measurements[name] === undefined)
if (unknown.length > 0) throw new Error(`found --only ${unknown.join(', ')}; wanted one of ${Object.keys(measurements).join(', ')}`)
const figures: Figure[] = []
const failures: string[] = []
for (const [name, measure] of Object.entries(measurements)) {
  if (values.only?.includes(name) === false) continue
  onStep(name)
  // A measurement that fails must not discard the results of the others.
  try {
    figures.push(...(await measure()))
  } catch (error) {
    failures.push(`${name} could not be measured: ${error}`)
  }
}
await bed.stop()
onStep('done')

const rows = rowsOf(figures)
console.log(textTable(rows))
const machine = `${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, kube-apiserver 1.36.3`
const about = `Measured ${new Date().toISOString().slice(0, 10)} on ${machine}; medians of ${sizes.pairs} interleaved pairs (${full.pairs} of pods), AWS emulated on the same machine.`
if (values.json !== undefined) await writeFile(values.json, JSON.stringify({ about, figures }, undefined, 2))
if (values.page) await writeFile(page, withSection(await readFile(page, 'utf8'), 'bench', `${about}\n\n${markdownTable(rows)}`))
const missed = figures.filter(figure => !isMet(figure))
console.log(missed.length === 0 ? 'All figures are met.' : `Missed: ${missed.map(({ what }) => what).join('; ')}`)
for (const failure of failures) console.error(failure)
process.exitCode = missed.length + failures.length === 0 ? 0 : 1
