import t from 'tap'
import { planSync, type RepositoryState, referencedVersions, versionsToDestroy } from '../../src/gcp-sync/plan.ts'
import { hours, nowMs, repository, secret, target } from './examples.ts'

const options = { nowMs, force: false }
const whyOf = (state: RepositoryState) => planSync([state], secret, options).outdated[0]?.why

t.test('a repository is left alone while its version is valid for more than six hours', async t => {
  const state = repository(5, 6.01)
  const version = { version: 5, expiresAtMs: nowMs + 6.01 * hours }
  t.strictSame(planSync([state], secret, options), { version, outdated: [], current: [{ state, version }] })
  t.equal(whyOf(repository(5, 12)), undefined)
  t.equal(whyOf(repository(5, 12.1)), undefined, 'a clock may be some minutes off')
})

const outdated: [about: string, state: RepositoryState, why: string][] = [
  ['six hours are left', repository(5, 6), 'version 5 is valid for only 6h'],
  ['an hour is left', repository(5, 1), 'version 5 is valid for only 1h'],
  ['it has expired', repository(5, 0), 'version 5 has expired'],
  ['it has never been set', repository(5, 9, { secretVersion: undefined }), 'it has no upstream credentials'],
  ['it is not ENABLED', repository(3, 9), 'it references version 3, which is not ENABLED'],
  ['the label is missing', repository(5, 9, { labels: {} }), 'no valid label ecr-anywhere-expires records the expiry of version 5'],
  [
    'the label belongs to another version',
    repository(5, 9, { labels: repository(4, 9).labels }),
    'no valid label ecr-anywhere-expires records the expiry of version 5',
  ],
  ['the label is further ahead than ECR allows', repository(5, 13), 'no valid label ecr-anywhere-expires records the expiry of version 5'],
  ['the user name is another', repository(5, 9, { username: 'me' }), 'its upstream user name is not AWS'],
  [
    'the reference has no number',
    repository(5, 9, { secretVersion: 'projects/my-project/secrets/login/versions/latest' }),
    'it references projects/my-project/secrets/login/versions/latest, which is not a numbered version of the configured secret',
  ],
  [
    'the reference is to another secret',
    repository(5, 9, { secretVersion: 'projects/my-project/secrets/other/versions/5' }),
    'it references projects/my-project/secrets/other/versions/5, which is not a numbered version of the configured secret',
  ],
  [
    'the reference is to another project',
    repository(5, 9, { secretVersion: 'projects/other/secrets/login/versions/5' }),
    'it references projects/other/secrets/login/versions/5, which is not a numbered version of the configured secret',
  ],
]

for (const [about, state, why] of outdated) {
  t.test(`a repository is updated if ${about}`, async t => {
    t.equal(whyOf(state), why)
    t.strictSame(planSync([state], secret, options).current, [])
  })
}

t.test('a reference with the number of the project is the same as one with its ID', async t => {
  t.equal(whyOf(repository(5, 9, { secretVersion: 'projects/123456/secrets/login/versions/5' })), undefined)
})

t.test('a version that lasts in one repository is set in the others, and no new one is created', async t => {
  const late = repository(4, 2, { target: target('late') })
  const plan = planSync([late, repository(5, 9), repository(5, 8)], secret, options)
  t.match(plan, { version: { version: 5, expiresAtMs: nowMs + 9 * hours }, outdated: [{ state: late }] })
  t.equal(plan.outdated.length, 1)
  t.equal(planSync([late], secret, options).version, undefined)
})

t.test('with force, all repositories get a new version', async t => {
  const plan = planSync([repository(5, 9), repository(4, 2)], secret, { nowMs, force: true })
  t.match(plan, { version: undefined, outdated: [{ why: 'forced' }, { why: 'version 4 is valid for only 2h' }], current: [] })
})

const destroyed: [about: string, given: { enabled: number[]; referenced: number[]; created?: number; keep?: number }, wanted: number[]][] =
  [
    ['the previous version stays', { enabled: [4, 5], referenced: [4, 5], created: 5 }, []],
    ['older versions go', { enabled: [2, 3, 4, 5], referenced: [4, 5], created: 5 }, [2, 3]],
    ['a version that a killed run left goes', { enabled: [4, 5, 6], referenced: [4, 6], created: 6 }, [5]],
    ['without a known previous version, the newest older one stays', { enabled: [3, 4, 5], referenced: [5] }, [3]],
    ['more are kept if the settings say so', { enabled: [1, 2, 3, 4, 5], referenced: [5], keep: 4 }, [1]],
    ['more remain if more are referenced', { enabled: [1, 2, 3, 4], referenced: [1, 2, 4], created: 4 }, [3]],
    ['a newer version of another run stays', { enabled: [3, 4, 5], referenced: [4] }, []],
    ['a version that could not be set goes', { enabled: [4, 5, 6], referenced: [5], created: 6 }, [6]],
    ['the first version that could not be set goes', { enabled: [1], referenced: [], created: 1 }, [1]],
    ['nothing is destroyed if nothing is referenced', { enabled: [1, 2, 3], referenced: [] }, []],
    ['a referenced version that is not ENABLED does not count', { enabled: [2, 3, 5], referenced: [1, 5], created: 5 }, [2]],
  ]

for (const [about, { enabled, referenced, created, keep = 2 }, wanted] of destroyed) {
  t.test(`when versions are destroyed, ${about}`, async t => {
    t.strictSame(versionsToDestroy({ enabled, referenced: new Set(referenced), created, keep }), wanted)
    t.strictSame(versionsToDestroy({ enabled: enabled.toReversed(), referenced: new Set(referenced), created, keep }), wanted)
  })
}

t.test('the referenced versions are those of the configured secret', async t => {
  const other = repository(7, 1, { secretVersion: 'projects/my-project/secrets/other/versions/7' })
  const none = repository(8, 1, { secretVersion: undefined })
  t.strictSame(referencedVersions([repository(4, 1), repository(5, 1), repository(4, 1), other, none], secret), new Set([4, 5]))
})
