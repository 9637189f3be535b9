import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Tickets } from '../../src/admission/authenticate.ts'
import { minTicketBytes, serveTickets } from '../../src/files/tickets.ts'

const bytes = (name: string) => Buffer.from(name.padEnd(32, '.'))
const base64 = (name: string) => bytes(name).toString('base64')

async function served(t: Test, dir: string) {
  const all: Tickets[] = []
  const problems: string[] = []
  t.teardown(await serveTickets({ dir, onTickets: tickets => all.push(tickets), onProblem: problem => problems.push(problem) }))
  return { tickets: all[0], problems }
}

t.test('the tickets of a tenant are read from its files, in base64 as the API server writes them', async t => {
  const dir = t.testdir()
  for (const name of ['default', 'default.next', 'default.previous', 'team-a']) await writeFile(join(dir, name), bytes(name))
  await mkdir(join(dir, '..2026_01_01'))
  const { tickets } = await served(t, dir)
  const textsOf = (tenant: string) => tickets?.get(tenant)?.map(String).sort()
  t.strictSame([...(tickets?.keys() ?? [])].sort(), ['default', 'team-a'])
  t.strictSame(textsOf('default'), ['default', 'default.next', 'default.previous'].map(base64).sort())
  t.strictSame(textsOf('team-a'), [base64('team-a')])
})

t.test('an empty or short file is no ticket, because it could be guessed', async t => {
  const dir = t.testdir({ default: '', 'team-a': 'x'.repeat(minTicketBytes - 1), 'team-b': 'x'.repeat(minTicketBytes) })
  t.strictSame([...((await served(t, dir)).tickets?.keys() ?? [])], ['team-b'])
})

t.test('a missing folder is reported, and there are no tickets', async t => {
  const { tickets, problems } = await served(t, join(t.testdir(), 'none'))
  t.equal(tickets, undefined)
  t.match(problems, [/ENOENT/])
})
