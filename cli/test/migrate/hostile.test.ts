import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { NODE_COMPILE_CACHE } from '@ecr-anywhere/scripts/testbed/command.ts'
import { cpuMs } from '@ecr-anywhere/scripts/testbed/cpu-time.ts'
import t from 'tap'
import { maxBytes, parseText } from '../../src/migrate/input/parse-text.ts'
import { type MigrateOptions, readOptions } from '../../src/migrate/options.ts'
import { tools } from '../../src/migrate/tools/tools.ts'
import { subcommands } from '../../src/subcommands.ts'
import { planned } from './planned.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

async function run(args: string[], input = '') {
  const child = spawn(process.execPath, [main, 'migrate', ...args], { env: { NODE_COMPILE_CACHE, HOME: '/nowhere' } })
  const said: string[] = []
  child.stdout.on('data', part => said.push(String(part)))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { code, stdout: said.join('') }
}

const good = (name: string) => `
apiVersion: batch/v1
kind: CronJob
metadata: {name: ${name}, namespace: tools}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: k8s-ecr-login-renew, env: [{name: AWS_REGION, value: us-east-1}, {name: DOCKER_SECRET_NAME, value: pull}]}]}}}}}
`

t.test('a broken document is named, and the others are read', async t => {
  for (const broken of ['a: [b', 'a: *none', '- 1', 'words', 'kind: Deployment', '{apiVersion: v1, kind: Secret, metadata: 5}']) {
    const plan = planned('k8s-ecr-login-renew', `${good('a')}---\n${broken}\n---\n${good('b')}`)
    t.match(plan.problems, [/^document 2/], broken)
    t.match(plan.steps.map(({ command }) => command).join(), /cronjob a -n tools.*cronjob b -n tools/s, broken)
  }
})

t.test('a name that a shell would interpret never reaches a command', async t => {
  for (const name of ['"$(id)"', "'a; id'", '"a`id`"', '"a\\nid"', '../../a', '-n']) {
    const { steps, problems } = planned('k8s-ecr-login-renew', good(name))
    t.same(steps, [], name)
    t.match(problems, [/metadata\.name: found ".*"; wanted a name in lower case/], name)
  }
  const namespace = good('a').replace('namespace: tools', 'namespace: "$(id)"')
  t.same(planned('k8s-ecr-login-renew', namespace).steps, [])
  const target = good('a').replace('{name: DOCKER_SECRET_NAME', '{name: TARGET_NAMESPACE, value: "a,$(id),b"}, {name: DOCKER_SECRET_NAME')
  t.notMatch(JSON.stringify(planned('k8s-ecr-login-renew', target).steps), '$(id)')
  const role = good('a').replace(
    '{name: DOCKER_SECRET_NAME',
    '{name: AWS_ROLE_ARN, value: "arn:aws:iam::1:role/a\\u001b[31m"}, {name: DOCKER_SECRET_NAME',
  )
  const { values, problems } = planned('k8s-ecr-login-renew', role)
  t.same(values, { aws: { region: 'us-east-1' } })
  t.match(problems, [/the role: found "arn:aws:iam::1:role\/a\\u001b\[31m"; wanted the ARN/])
})

t.test('labels of a selector are quoted in the commands', async t => {
  const text = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {selector: {matchLabels: {app: "$(id)'"}}, template: {spec: {containers: [{image: registry-creds}]}}}}`
  const { steps } = planned('registry-creds', text)
  t.match(steps.find(({ command }) => command.startsWith('kubectl wait pod'))?.command, `'app=$(id)'\\'''`)
})

t.test('objects of kinds that mean nothing here are named', async t => {
  const others = '---\n{apiVersion: v1, kind: Frob, metadata: {name: a}}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n'
  t.match(planned('k8s-ecr-login-renew', good('a') + others).problems, [
    /^Frob default\/a: found an object of the kind Frob; wanted objects of k8s-ecr-login-renew$/,
  ])
})

t.test('the items of a List are read, as kubectl prints them', async t => {
  const items = [good('a'), good('b')].map(text => text.trim().replaceAll('\n', '\n    ').replace(/^/, '  - '))
  const list = `apiVersion: v1\nkind: List\nitems:\n${items.join('\n')}\n  - 5\n`
  const { objects, problems } = parseText(list, { namespace: 'default' })
  t.same(
    objects.map(({ name }) => name),
    ['a', 'b'],
  )
  t.match(problems, [{ what: /^document 1, item 3/ }])
})

t.test('the content of a Secret is dropped where it is read', async t => {
  const secret =
    '{apiVersion: v1, kind: Secret, metadata: {name: a, annotations: {b: c}}, data: {d: aHVudGVyMg==}, stringData: {e: hunter2}}'
  t.notMatch(JSON.stringify(parseText(secret, { namespace: 'default' })), /aHVudGVyMg|hunter2/)
})

t.test('input that is too long, aliases that expand, and deep nesting end at once', async t => {
  const ms = cpuMs(() => {
    t.match(planned('k8s-ecr-login-renew', `a: ${'b'.repeat(maxBytes)}`).problems, [/found more than 8 MiB/])
    const bomb = ['a0: &a0 [x]', ...Array.from({ length: 20 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(10)}]`)].join('\n')
    t.match(planned('k8s-ecr-login-renew', bomb).problems, [/aliases that expand too far/])
    const stars = good('a').replace(
      '{name: DOCKER_SECRET_NAME',
      `{name: TARGET_NAMESPACE, value: "${'*a'.repeat(120)}"}, {name: DOCKER_SECRET_NAME`,
    )
    const namespaces = Array.from(
      { length: 200 },
      (_, at) => `---\n{apiVersion: v1, kind: Namespace, metadata: {name: ${'a'.repeat(50)}${at}}}\n`,
    )
    t.same(planned('k8s-ecr-login-renew', stars + namespaces.join('')).problems.length, 0)
    t.match(planned('k8s-ecr-login-renew', '['.repeat(5000)).problems, [/^document 1/])
  })
  t.ok(ms < 20_000, `${ms} ms`)
})

t.test('nothing of the tool, and an empty input, is exit code 1', async t => {
  const nothing = /^the input: found nothing of argo-ecr-auth; wanted its objects \(Deployment, /
  for (const input of ['', '# nothing\n', '{apiVersion: v1, kind: Namespace, metadata: {name: a}}'])
    t.match(planned('argo-ecr-auth', input), { values: {}, steps: [], notes: [], problems: [nothing] })
  const { code, stdout } = await run(['argo-ecr-auth', '-f', '-'])
  t.equal(code, 1)
  t.match(stdout, /^NOT UNDERSTOOD\n\n- the input: found nothing/)
})

const usage: [about: string, options: MigrateOptions, said: RegExp][] = [
  ['an unknown tool', { from: 'kiam', file: '-' }, /FROM: found "kiam", wanted one of argo-ecr-auth, .*registry-creds/],
  ['no input', {}, /found neither, wanted -f FILE, -f - for stdin, or --from-cluster/],
  ['two inputs', { file: '-', fromCluster: true }, /found both/],
  ['a context without a cluster', { file: '-', context: 'a' }, /--context: found it without --from-cluster/],
  ['a namespace that is none', { file: '-', namespace: 'A b' }, /--namespace: found "A b"/],
  ['an unknown output', { file: '-', output: 'xml' }, /--output: found "xml", wanted text, json or yaml/],
]

for (const [about, options, said] of usage) {
  t.test(`${about} is wrong usage`, async t => {
    const names = tools.map(({ name }) => name)
    t.throws(() => readOptions({ from: 'argo-ecr-auth', ...options }, names), { kind: 'settings', message: said })
  })
}

t.test('a file or a cluster that cannot be read is exit code 2, with one JSON document', async t => {
  const missing = await run(['argo-ecr-auth', '-f', '/nowhere/a.yaml', '-o', 'json'])
  t.equal(missing.code, 2)
  t.match(JSON.parse(missing.stdout), { error: /-f: found \/nowhere\/a\.yaml \(ENOENT\), wanted a readable file/ })
  const none = await run(['argo-ecr-auth', '--from-cluster', '-o', 'json'])
  t.equal(none.code, 2)
  t.match(JSON.parse(none.stdout), { error: /no usable cluster in KUBECONFIG/ })
})

t.test('the help of the command lists every tool', async t => {
  const about = subcommands.find(({ name }) => name === 'migrate')?.argument?.[1] ?? ''
  t.same(
    about.split(/, | or /).sort(),
    tools.map(({ name }) => name),
  )
})

t.test('YAML and JSON have the same content as the text', async t => {
  const [json, yaml, text] = await Promise.all(
    ['json', 'yaml', 'text'].map(output => run(['k8s-ecr-login-renew', '-f', '-', '-o', output], good('a'))),
  )
  const plan = JSON.parse(json?.stdout ?? '')
  t.same((await import('yaml')).parse(yaml?.stdout ?? ''), plan)
  for (const { command } of plan.commands) t.match(text?.stdout, `\n${command}\n`)
  t.same(plan.notUnderstood, [])
  t.notMatch(text?.stdout, '\u001b')
})

t.test('many objects take linear time, and identities that contradict each other are named', async t => {
  const many = Array.from({ length: 2000 }, (_, at) => good(`a${at}`)).join('---\n')
  const ms = cpuMs(() => {
    t.equal(planned('k8s-ecr-login-renew', many).steps.filter(({ phase }) => phase === 'remove').length, 2000)
  })
  t.ok(ms < 20_000, `${ms} ms`)
  t.match(planned('argo-ecr-auth', 'a: 1\n---\n'.repeat(50)).problems.join(), /found 50 documents that are no objects; wanted at most 10/)
  const two = planned('k8s-ecr-login-renew', `${good('a')}---${good('b').replace('us-east-1', 'eu-west-1')}`)
  t.same(two.values, { aws: { region: 'us-east-1' } })
  t.match(two.problems, [/the value aws\.region: found two different values, of which the first is printed/])
})
