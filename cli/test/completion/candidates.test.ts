import t from 'tap'
import { completion, completionText } from '../../src/completion/candidates.ts'
import { script } from '../../src/completion/script.ts'
import { shells } from '../../src/completion/shells.ts'
import { tools } from '../../src/migrate/tools/tools.ts'
import { programName } from '../../src/program-name.ts'
import { subcommands } from '../../src/subcommands.ts'

const words = (...given: string[]) => completion(given, subcommands).candidates.map(({ word }) => word)
const namesOf = (name: string) => subcommands.find(one => one.name === name)?.options.map(([flags]) => /--[a-z-]+/.exec(flags)?.[0]) ?? []

t.test('the first word is a subcommand, or an option of the program', async t => {
  t.strictSame(
    words(''),
    subcommands.map(({ name }) => name),
  )
  t.strictSame(words('ver'), ['verify'])
  t.strictSame(words('--'), ['--help', '--version'])
  t.strictSame(words('x'), [])
})

t.test('every option of every subcommand is offered, with its description', async t => {
  for (const { name, options } of subcommands) {
    t.strictSame(words(name, '--'), [...namesOf(name), '--help'], name)
    for (const { word, about } of completion([name, '--'], subcommands).candidates.slice(0, -1))
      t.ok(
        options.some(([flags, text]) => flags.includes(word) && text === about),
        word,
      )
  }
})

t.test('every subcommand and option whose text lists values offers these values', async t => {
  t.strictSame(words('status', '--output', ''), ['table', 'wide', 'json', 'yaml'])
  t.strictSame(words('status', '-o', 'j'), ['json'])
  t.strictSame(words('status', '--output=j'), ['--output=json'])
  t.strictSame(words('init', '--platform', 'g'), ['gke'])
  t.strictSame(words('refresh', '--output', ''), ['text', 'json'])
  t.strictSame(words('completion', ''), [...shells])
  t.strictSame(
    words('migrate', ''),
    tools.map(({ name }) => name),
  )
})

t.test('an option is offered once, unless it may be repeated', async t => {
  t.notOk(words('status', '-n', 'a', '--').includes('--namespace'))
  t.notOk(words('status', '--namespace=a', '--').includes('--namespace'))
  t.ok(words('status', '--context', 'a', '--').includes('--context'))
})

t.test('the value of an option is not the argument, and there is one argument', async t => {
  t.strictSame(words('migrate', '-n', 'a', 'ext'), ['external-secrets'])
  t.strictSame(words('migrate', '--namespace=a', '--nobody', '-f', '-', 'ext'), ['external-secrets'])
  t.strictSame(words('migrate', '-f', '-', 'argo-ecr-auth', ''), [])
  t.strictSame(words('status', '--no-usage=', ''), [])
})

t.test('what only the user knows has no candidates, and a path has files', async t => {
  const files = (...given: string[]) => completion(given, subcommands).files
  t.ok(files('status', '--kubeconfig', ''))
  t.ok(files('status', '--kubeconfig='))
  t.ok(files('init', '-o', ''))
  t.ok(files('export', '--token-file', ''))
  t.notOk(files('status', '-n', ''))
  for (const given of [
    ['init', '--account', ''],
    ['nobody', '--'],
    ['status', '--debug=x'],
    ['status', '--nobody=x'],
  ])
    t.strictSame(words(...given), [], given.join(' '))
})

t.test('names are asked for where the words before the cursor say', async t => {
  const names = (...given: string[]) => completion(given, subcommands).names
  const nowhere = { context: undefined, kubeconfig: undefined, namespace: undefined }
  t.strictSame(names('status', '-n', 'te'), { of: 'namespaces', current: 'te', prefix: '', ...nowhere })
  t.strictSame(names('doctor', '--release-namespace=e'), { of: 'namespaces', current: 'e', prefix: '--release-namespace=', ...nowhere })
  t.match(names('status', '--context', 'a', '--context', ''), { of: 'contexts', context: 'a' })
  t.strictSame(names('verify', '--context', 'c', '--kubeconfig=f', '-n', 'n', 'a/'), {
    of: 'targets',
    current: 'a/',
    prefix: '',
    context: 'c',
    kubeconfig: 'f',
    namespace: 'n',
  })
  t.equal(names('verify', 'a/b', ''), undefined)
  t.equal(names('status', '-o', ''), undefined)
})

t.test('the answer has the protocol of cobra', async t => {
  t.equal(completionText(completion(['stat'], subcommands)), `status\t${subcommands[0]?.about}\n:4\n`)
  t.equal(completionText(completion(['status', '-o', 'w'], subcommands)), 'wide\n:4\n')
  t.equal(completionText({ candidates: [], files: true }), ':0\n')
})

t.test('each shell has a script that asks the program', async t => {
  for (const shell of shells) t.match(script(shell), / __complete /, shell)
})

t.test('as a plugin of kubectl, the program has that name', async t => {
  t.equal(programName('/home/me/.krew/bin/kubectl-ecr_anywhere'), 'kubectl ecr-anywhere')
  t.equal(programName('kubectl-ecr_anywhere'), 'kubectl ecr-anywhere')
  t.equal(programName('/usr/local/bin/ecr-anywhere'), 'ecr-anywhere')
  t.equal(programName('node'), 'ecr-anywhere')
})
