import { startCommand } from '@ecr-anywhere/scripts/testbed/started-command.ts'
import t, { type Test } from 'tap'
import { enabled, sync, type World, works, world } from './world.ts'

type Moment = 'received' | 'applied'

/** The calls of a run that has to renew a password, in their order. */
async function callsOfRun(t: Test): Promise<string[]> {
  const here = await world(t)
  await sync(here)
  return here.google.calls().last.map(({ api, method }) => `${api}.${method}`)
}

/** Kills the run at a moment of its n-th call of Google. @returns whether it was killed before its end */
async function runKilled({ google, env }: World, at: number, moment: Moment): Promise<boolean> {
  let calls = 0
  const command = startCommand(['gcp-sync'], env)
  google.setOnCall(async (_, reached) => {
    if (reached === 'received') calls += 1
    if (calls !== at || reached !== moment) return
    command.kill('SIGKILL')
    await command.ended
  })
  const code = await command.ended
  google.setOnCall()
  return code === null
}

t.test('a run that is killed at any call leaves credentials that work, and the next run completes', async t => {
  const calls = await callsOfRun(t)
  t.match(calls.join(' '), /GetRepository.*ListSecretVersions.*AddSecretVersion.*UpdateRepository.*GetRepository.*DestroySecretVersion/)
  for (const [index, name] of calls.entries()) {
    for (const moment of momentsOf(name)) {
      const here = await world(t)
      const killed = await runKilled(here, index + 1, moment)
      const about = `killed when ${name} (${index + 1}) was ${moment}`
      t.ok(killed, about)
      t.ok(await works(here), `${about}: the repository works`)
      const { code, stderr } = await sync(here)
      t.equal(code, 0, `${about}: ${stderr}`)
      t.ok(await works(here), `${about}: the repository works after the next run`)
      t.equal(enabled(here).length, 2, `${about}: two versions are left`)
    }
  }
})

/** A call that writes nothing leaves the same state at both moments. */
function momentsOf(call: string): Moment[] {
  return /Add|Update|Destroy/.test(call) ? ['received', 'applied'] : ['received']
}
