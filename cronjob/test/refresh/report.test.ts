import t from 'tap'
import type { Plan } from '../../src/refresh/plan.ts'
import { progress } from '../../src/refresh/progress.ts'
import type { Run } from '../../src/refresh/refresh.ts'
import { causeLine, exitCodeOf, maxNamed, outsideLine, planTable, reportOf, summaryLine, summaryOf } from '../../src/refresh/report.ts'
import type { Touched } from '../../src/refresh/touch.ts'
import { expired, fresh, nowMs, renewed } from './api-server.ts'

const secret = (name: string, expiresAt?: string) => ({ namespace: 'team-a', name, uid: '1', expiresAt, updatedAt: undefined })
const ok: Touched = { secret: secret('ok', expired), result: 'refreshed', expiresAt: renewed, updatedAt: undefined }
const bad: Touched = { secret: secret('bad', expired), result: 'failed', cause: 'AccessDenied from AWS' }
const gone: Touched = { secret: secret('gone', expired), result: 'gone' }
const plan: Plan = { touch: [], checked: 9, due: 3, leave: [secret('left', fresh)] }
const run = (more: Partial<Run> = {}): Run => ({
  plan,
  touched: [],
  missing: [],
  repaired: [],
  unlisted: [],
  outside: [],
  beingDeleted: 0,
  undone: 0,
  stoppedBy: undefined,
  ...more,
})
/** A run that carried out its whole plan. */
const ran = (touched: Touched[], more: Partial<Run> = {}) =>
  run({ plan: { ...plan, touch: touched.map(({ secret }) => secret) }, touched, ...more })
const unlisted = [{ namespace: 'team-b', cause: 'HTTP 403' }]

t.test('the figures of a run contain all counts', async t => {
  t.strictSame(summaryOf(ran([ok, bad, gone], { undone: 2, unlisted, beingDeleted: 4, outside: [secret('out', renewed)] })), {
    checked: 9,
    due: 3,
    refreshed: 1,
    failed: 1,
    gone: 1,
    undone: 2,
    beingDeleted: 4,
    outside: 1,
    unlistedNamespaces: 1,
    earliestExpiry: expired,
    earliestSecret: 'team-a/bad',
  })
})

const later = '2026-01-02T09:00:00Z'
const earliests: [about: string, run: Run, expiry: string | null, name: string | null][] = [
  ['a renewed Secret has its new expiry', ran([ok]), fresh, 'team-a/left'],
  [
    'a Secret that was not touched may expire later',
    run({ ...ran([ok]), plan: { ...plan, touch: [ok.secret], leave: [secret('l', later)] } }),
    renewed,
    'team-a/ok',
  ],
  ['a failed Secret has its old expiry', ran([ok, bad]), expired, 'team-a/bad'],
  ['a deleted Secret is ignored', ran([ok, gone]), fresh, 'team-a/left'],
  [
    'a Secret that was not processed or only planned has its old expiry',
    run({ plan: { ...plan, touch: [secret('due', expired)] } }),
    expired,
    'team-a/due',
  ],
  ['an unreadable expiry is ignored', run({ plan: { ...plan, touch: [secret('x', 'soon'), secret('y')] } }), fresh, 'team-a/left'],
  ['a Secret outside enabled namespaces is included', run({ outside: [secret('out', expired)] }), expired, 'team-a/out'],
  ['there are no Secrets', run({ plan: { ...plan, checked: 0, leave: [] } }), null, null],
]

for (const [about, run, expiry, name] of earliests) {
  t.test(`the earliest expiry is that of all managed Secrets after the run: ${about}`, async t => {
    const { earliestExpiry, earliestSecret } = summaryOf(run)
    t.strictSame([earliestExpiry, earliestSecret], [expiry, name])
  })
}

const ends: [about: string, run: Run, code: 0 | 1, cause: string | undefined][] = [
  ['all Secrets were renewed', ran([ok, gone]), 0, undefined],
  ['nothing was due', run(), 0, undefined],
  ['one Secret failed', ran([ok, bad]), 1, 'refresh failed: 1 Secret was not renewed; team-a/bad: AccessDenied from AWS'],
  ['two failed', ran([bad, bad], { undone: 1 }), 1, 'refresh failed: 2 Secrets were not renewed; team-a/bad: AccessDenied from AWS'],
  ['a namespace was not listed', run({ unlisted }), 1, 'refresh failed: namespace team-b could not be listed: HTTP 403'],
  [
    'the list of the cluster was incomplete',
    run({ unlisted: [{ namespace: '*', cause: 'HTTP 500' }] }),
    1,
    'refresh failed: the managed Secrets of the cluster could not be listed: HTTP 500',
  ],
  [
    'the run was stopped',
    run({ undone: 3, stoppedBy: 'SIGTERM' }),
    1,
    'refresh failed: stopped by SIGTERM with 3 Secrets not processed; the next run processes them',
  ],
  ['the run was stopped with nothing left to do', run({ stoppedBy: 'SIGTERM' }), 0, undefined],
  ['Secrets are being deleted', run({ beingDeleted: 2 }), 0, undefined],
  ['Secrets are outside enabled namespaces', run({ outside: [secret('out', expired)] }), 0, undefined],
]

for (const [about, run, code, cause] of ends) {
  t.test(`the exit code is ${code} if ${about}${cause === undefined ? '' : ', and one line says why'}`, async t => {
    t.equal(exitCodeOf(summaryOf(run)), code)
    t.equal(causeLine(run), cause)
  })
}

t.test('the summary is one line', async t => {
  const figures = { ...summaryOf(ran([ok, bad])), earliestExpiry: fresh, earliestSecret: 'team-a/x' }
  t.equal(summaryLine(figures, nowMs), `checked 9, due 3, refreshed 1, failed 1, earliest expiry ${fresh} (in 11h: team-a/x)`)
  t.match(
    summaryLine({ ...figures, earliestExpiry: expired }, nowMs),
    /earliest expiry 2026-01-01T11:00:00Z \(expired 1h ago: team-a\/x\)$/,
  )
  t.match(summaryLine({ ...figures, earliestExpiry: null }, nowMs), /earliest expiry unknown$/)
  t.match(summaryLine({ ...figures, earliestExpiry: null, checked: 0 }, nowMs), /earliest expiry none$/)
  t.match(summaryLine({ ...figures, earliestExpiry: null, checked: 0, outside: 1 }, nowMs), /earliest expiry unknown$/)
})

t.test('Secrets in namespaces that are not enabled are reported with a remedy', async t => {
  t.equal(outsideLine(run(), nowMs), undefined)
  const outside = [secret('old', expired), { ...secret('new'), namespace: 'team-b' }, secret('good', fresh)]
  t.equal(
    outsideLine(run({ outside }), nowMs),
    '3 managed Secrets are in namespaces that are not enabled, so they are not renewed: team-a/old (expired 1h ago), ' +
      'team-b/new (expiry unknown), team-a/good (in 11h). ' +
      'Run kubectl label namespace team-a team-b ecr-anywhere.centml.ai/namespace=enabled (or =<tenant>), or remove their label managed.',
  )
  t.match(outsideLine(run({ outside: [secret('old', expired)] }), nowMs), /^1 managed Secret is in namespaces that are not enabled/)
})

t.test(`the text names ${maxNamed} of them, and the JSON document names all`, async t => {
  const outside = Array.from({ length: maxNamed + 7 }, (_, at) => secret(`s${at}`, expired))
  const line = outsideLine(run({ outside }), nowMs) ?? ''
  t.match(line, new RegExp(`^${maxNamed + 7} managed Secrets are .* team-a/s${maxNamed - 1} \\(expired 1h ago\\) and 7 more\\. `))
  t.notMatch(line, `s${maxNamed} `)
  const shown = JSON.parse(reportOf(run({ outside }), { output: 'json', dryRun: false, nowMs }))
  t.strictSame([shown.outside, shown.outsideSecrets.length], [maxNamed + 7, maxNamed + 7])
})

t.test('the text report ends with the cause, or else with the summary', async t => {
  const text = (one: Run, dryRun = false) => reportOf(one, { output: 'text', dryRun, nowMs }).split('\n')
  t.match(text(ran([ok])), [/^checked 9/])
  t.match(text(ran([bad], { outside: [secret('out', fresh)] })), [/^1 managed Secret is/, /^checked 9/, /^refresh failed: 1 Secret was/])
  t.match(text(run({ plan: { ...plan, touch: [secret('due', expired)] } }), true), [
    /^NAMESPACE/,
    /expired$/,
    /expired 1h ago: team-a\/due\)$/,
  ])
})

t.test('the JSON report is one line, and its last member is the cause', async t => {
  const json = (one: Run, dryRun = false) => {
    const text = reportOf(one, { output: 'json', dryRun, nowMs })
    t.notMatch(text, '\n')
    return JSON.parse(text)
  }
  const failed = json(ran([ok, bad], { unlisted }))
  t.match(failed, { checked: 9, failed: 1, failures: [{ secret: { name: 'bad' }, cause: 'AccessDenied from AWS' }], unlisted })
  t.match(Object.entries(failed).at(-1), ['error', /^refresh failed: 1 Secret was not renewed/])
  t.notOk('plan' in failed)
  const good = json(run({ plan: { ...plan, touch: [secret('due', expired)] } }), true)
  t.match(good, { plan: [{ name: 'due' }], earliestExpiry: expired })
  t.notOk('error' in good)
})

t.test('the plan is printed as a table', async t => {
  const touch = [secret('new'), { ...secret('old', expired), namespace: 'x' }, secret('soon', '2026-01-01T12:30:05Z')]
  t.equal(
    planTable({ ...plan, touch }, nowMs),
    [
      'NAMESPACE  NAME  EXPIRES AT            LEFT',
      'team-a     new   -                     unknown',
      'x          old   2026-01-01T11:00:00Z  expired',
      'team-a     soon  2026-01-01T12:30:05Z  30m5s',
    ].join('\n'),
  )
})

t.test('progress is shown on a terminal, at most ten times a second, and not in a pipe', async t => {
  const shown: string[] = []
  let now = 1_000
  const write = (text: string) => shown.push(text)
  const line = progress({ isTTY: true, write }, () => now)
  for (const done of [1, 2, 3]) {
    line.update(done, 3)
    now += 60
  }
  line.clear()
  t.strictSame(shown, ['\r\u001B[2Krefreshing 1/3', '\r\u001B[2Krefreshing 3/3', '\r\u001B[2K'])
  const piped = progress({ write }, () => now)
  piped.update(1, 1)
  piped.clear()
  t.equal(shown.length, 3)
})
