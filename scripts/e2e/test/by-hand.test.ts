import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import t from 'tap'
import { run } from '../../cluster/run.ts'
import { eventually } from '../eventually.ts'
import { leftOf } from '../leftovers.ts'

t.test('`npm run node` installs the product and pulls a private image, its commands work, and Ctrl-C leaves nothing behind', async t => {
  const starter = spawn('npm', ['run', '-s', 'node'], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(starter, 'exit')
  const hasEnded = () => starter.exitCode !== null || starter.signalCode !== null
  /** Sends the signal to the whole process group, as Ctrl-C does. */
  const end = (signal: NodeJS.Signals) => {
    if (starter.pid !== undefined && !hasEnded()) process.kill(-starter.pid, signal)
  }
  t.teardown(() => end('SIGKILL'))
  const lines: string[] = []
  const all = (async () => {
    for await (const line of createInterface(starter.stdout)) lines.push(line)
  })()
  const isComplete = () => lines.some(line => line.startsWith('  curl ')) || hasEnded()
  await eventually('it prints commands for the user', isComplete, () => lines.join('\n'))
  t.match(lines.join('\n'), /app +1\/1 +Running/)

  const [, kubeconfig = '', bin = ''] = /export KUBECONFIG=(\S+) PATH=([^:]+):/.exec(lines.join('\n')) ?? []
  const [, netns = ''] = /netns\/(\S+) bash/.exec(lines.join('\n')) ?? []
  const [, dir = ''] = /in (\/\S+)\.$/m.exec(lines.join('\n')) ?? []
  t.ok((await leftOf({ dir, netns })).length > 10, 'the check for leftovers finds the running node')
  const commands = lines.slice(lines.findIndex(line => line.includes('for example'))).flatMap(line => /^ {2}(\w.*)$/.exec(line)?.[1] ?? [])
  t.ok(commands.length > 4)
  const env = { ...process.env, KUBECONFIG: kubeconfig, PATH: `${bin}:${process.env.PATH}` }
  for (const command of commands) {
    const { code, stdout, stderr } = await run('nsenter', [`--net=/var/run/netns/${netns}`, 'bash', '-c', command], { env })
    t.equal(code, 0, `${command}: ${stderr}`)
    if (command.includes('hello')) t.equal(stdout, 'hello\n')
  }

  end('SIGINT')
  await Promise.all([exited, all])
  let left: string[] = []
  const isGone = async () => {
    left = await leftOf({ dir, netns })
    return left.length === 0
  }
  await eventually('nothing of the node is left', isGone, () => left.join('\n'))
})
