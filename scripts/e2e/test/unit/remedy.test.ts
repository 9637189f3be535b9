import { readFile } from 'node:fs/promises'
import t from 'tap'
import { remedy } from '../../remedy.ts'

const page = await readFile(new URL('../../../../docs/troubleshooting.md', import.meta.url), 'utf8')

const uninstall = ['uninstall', 'ecr-anywhere', '--wait']
const rollbackTo = (revision: number) => ['rollback', 'ecr-anywhere', String(revision), '--wait']

const cases: [statuses: string[], command: string[] | undefined][] = [
  [[], undefined],
  [['pending-install'], uninstall],
  [['failed'], uninstall],
  [['uninstalling'], uninstall],
  [['failed', 'pending-upgrade'], uninstall],
  [['deployed'], rollbackTo(1)],
  [['superseded', 'deployed', 'pending-upgrade'], rollbackTo(2)],
  [['superseded', 'deployed', 'failed', 'pending-rollback'], rollbackTo(2)],
  [['superseded', 'deployed', 'superseded', 'failed'], rollbackTo(2)],
  [['superseded', 'superseded', 'failed', 'pending-rollback'], rollbackTo(2)],
]

for (const [statuses, command] of cases) {
  t.test(`there is a remedy for a release whose revisions are ${statuses.join(', ') || 'none'}`, async t => {
    const found = statuses.map((status, at) => ({ revision: at + 1, status }))
    t.same(remedy(found, 'ecr-anywhere'), command)
  })
}

t.test('the troubleshooting page contains these commands', async t => {
  for (const [name, revision] of [['rollback', ' REVISION'] as const, ['uninstall', ''] as const])
    t.ok(page.includes(`\`helm ${name} ecr-anywhere${revision} -n ecr-anywhere --wait\``), name)
})
