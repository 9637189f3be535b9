import { run } from '@ecr-anywhere/scripts/cluster/run.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import { formatted, githubCommands, type TextFormat } from '../../src/export/formats.ts'

const credentials = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'a+b/c=',
  sessionToken: `it's \\ "$(touch /tmp/x)" \`id\` %41 ${'x'.repeat(800)}`,
  expiration: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)),
}
const expiration = '2026-01-02T03:04:05Z'

t.test('env: a shell that evaluates the block has exactly these values', async t => {
  const block = formatted('env', credentials)
  t.equal(block.split('\n').length, 5)
  t.match(block, /^(?:export AWS_\w+='.*'\n){4}$/)
  const print = 'printf "%s\\n" "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_SESSION_TOKEN" "$AWS_CREDENTIAL_EXPIRATION"'
  const { stdout, stderr } = await run('sh', ['-euc', `eval "$1"; ${print}`, 'sh', block], { env: { PATH: process.env.PATH } })
  t.equal(stdout, `${[credentials.accessKeyId, credentials.secretAccessKey, credentials.sessionToken, expiration].join('\n')}\n`)
  t.equal(stderr, '')
})

t.test('fish and PowerShell: single quotes and, in fish, backslashes are escaped', async t => {
  const quoted = { ...credentials, sessionToken: "it's \\" }
  t.match(formatted('fish', quoted), "set -gx AWS_SESSION_TOKEN 'it\\'s \\\\'\n")
  t.match(formatted('powershell', quoted), "$Env:AWS_SESSION_TOKEN = 'it''s \\'\n")
  t.match(formatted('fish', credentials), /^(?:set -gx AWS_\w+ '.*'\n){4}$/)
  t.match(formatted('powershell', credentials), /^(?:\$Env:AWS_\w+ = '.*'\n){4}$/)
})

t.test('json and credential-process: one document of one line', async t => {
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } = credentials
  const fields = { AccessKeyId, SecretAccessKey, SessionToken, Expiration: expiration }
  t.strictSame(JSON.parse(formatted('json', credentials)), fields)
  t.strictSame(JSON.parse(formatted('credential-process', credentials)), { Version: 1, ...fields })
  t.match(formatted('json', credentials), /^[^\n]+\n$/)
})

t.test('github-env: variables for the file, and masks for stdout', async t => {
  const { file, stdout } = githubCommands({ ...credentials, sessionToken: 'a%0Ab' })
  t.equal(
    file,
    `AWS_ACCESS_KEY_ID=ASIAEXAMPLE\nAWS_SECRET_ACCESS_KEY=a+b/c=\nAWS_SESSION_TOKEN=a%0Ab\nAWS_CREDENTIAL_EXPIRATION=${expiration}\n`,
  )
  t.equal(stdout, '::add-mask::ASIAEXAMPLE\n::add-mask::a+b/c=\n::add-mask::a%250Ab\n')
})

const bad = {
  'a newline': 'a\nexport X=1',
  'a carriage return': 'a\rb',
  'an escape': '\u001b[2J',
  'a quote of PowerShell': 'a\u2019b',
  nothing: '',
}

for (const [about, value] of Object.entries(bad)) {
  t.test(`${about} in a value is refused in every format, and not shown`, async t => {
    const formats: TextFormat[] = ['env', 'json', 'credential-process', 'powershell', 'fish']
    for (const name of ['accessKeyId', 'secretAccessKey', 'sessionToken'] as const) {
      const given = { ...credentials, [name]: value }
      for (const format of [...formats, 'github-env'] as const) {
        try {
          format === 'github-env' ? githubCommands(given) : formatted(format, given)
          t.fail(`${format} accepted it`)
        } catch (error) {
          t.ok(error instanceof Fault && error.code === 'MalformedResponse')
          t.notMatch(String(error), 'export X')
        }
      }
    }
  })
}
