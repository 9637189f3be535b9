import { glob, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { checks } from '@ecr-anywhere/cli/doctor/checks/checks.ts'
import t from 'tap'

const root = resolve(import.meta.dirname, '../../..')
const textOf = (path: string) => readFile(resolve(root, path), 'utf8')
const page = await textOf('docs/runbook.md')

/** The sections of the third level below a heading of the second level, by their titles. */
function sectionsOf(heading: string): Map<string, string> {
  const [, part = ''] = page.split(`\n## ${heading}\n`)
  const [own = ''] = part.split('\n## ')
  return new Map(
    own
      .split('\n### ')
      .slice(1)
      .map(section => section.split(/\n(.*)/s) as [string, string]),
  )
}

const denials = sectionsOf('Denied requests')
const quoted = [...denials.values()].flatMap(section => [...section.matchAll(/^- `+ ?(.*?) ?`+$/gm)].map(([, text = '']) => text))

/** Where the messages of denied requests are written: our code, the policies of the chart, and Kubernetes. */
const sources = await Promise.all(
  (await Array.fromAsync(glob('{webhook/src,shared/src,deploy/chart/templates}/**/*.*', { cwd: root }))).map(textOf),
)
const ofKubernetes = ['failed calling webhook']

t.test('each check of doctor has a section, in the order of the command', async t => {
  t.strictSame(
    [...sectionsOf('Checks of doctor').keys()],
    checks.map(({ id }) => id),
  )
})

t.test('each section says what it means, how to confirm it and how to fix it', async t => {
  for (const [title, section] of [...denials, ...sectionsOf('Checks of doctor')])
    t.match(section, /\*\*Meaning\.\*\*\s.*\n\n\*\*Confirm\.\*\*\s.*\n\n\*\*Fix\.\*\*\s/s, title)
})

t.test('each message that the page quotes is one of the program, and is quoted once', async t => {
  t.ok(quoted.length > denials.size)
  for (const text of quoted)
    t.ok(
      [...sources, ...ofKubernetes].some(source => source.includes(text)),
      text,
    )
  t.equal(new Set(quoted).size, quoted.length)
})

t.test('each message of the webhook and of a policy that denies a request is on the page', async t => {
  const files = await Array.fromAsync(
    glob(
      [
        'webhook/src/{admission,secret-kinds}/*.ts',
        'webhook/src/{http/{server,bodies,clients,aggregated-api},aggregated-api/api-server}.ts',
      ],
      {
        cwd: root,
      },
    ),
  )
  const ofCode = (await Promise.all(files.map(textOf))).flatMap(text =>
    [...text.matchAll(/\bfound: (['"`])(.*?)\1,?$/gm)].map(([, , found = '']) => found),
  )
  const policies = await Promise.all(
    ['admission', 'check'].map(name => textOf(`deploy/chart/templates/${name}/validatingadmissionpolicy.yaml`)),
  )
  const ofPolicies = policies.flatMap(text => [...text.matchAll(/^ +message: "?(?!\{\{)(.*?)"?$/gm)].map(([, message = '']) => message))
  t.ok(ofCode.length > 20 && ofPolicies.length > 3)
  // The names in a message are not on the page.
  const isOnPage = (message: string) => quoted.some(text => message.replaceAll(/\$\{[^}]*\}/g, '…').includes(text))
  // Warnings, which deny nothing, other parts of a message that is on the page, and texts of the API server and of AWS.
  const parts =
    /^ecr-anywhere: found|^an \$\{name\} Secret with|^\$\{(error\.text|sentence)|in the webhook itself|^the namespace \$\{namespace\}|^\$\{couldBeTenant/
  for (const message of [...ofCode, ...ofPolicies]) if (!parts.test(message)) t.ok(isOnPage(message), message)
})
