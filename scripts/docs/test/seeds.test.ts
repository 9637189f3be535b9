import { readFile } from 'node:fs/promises'
import t from 'tap'

const file = new URL('../../../docs/seeds.md', import.meta.url)
const page = await readFile(file, 'utf8')
const rows = page.split('\n').filter(line => /^\| (?!in the document|---)/.test(line))

/** The variables and flags of each document, in its own spelling. */
const names = {
  '000: ': [
    ...['DEBUG', 'AWS_REGION', 'AWS_ROLE_ARN', 'AWS_ECR_USERNAME', 'GCP_PROJECT_ID', 'GCP_LOCATION', 'GCP_SECRET_NAME'],
    ...['GCP_REPOSITORY_NAME', 'AWS_AUDIENCE', 'AWS_OIDC_TOKEN_PATH'],
  ],
  '001: ': [
    ...['--gcp-service-account', '--target-audience-url', '--aws-iam-role-arn', '--aws-session-name'],
    ...['GCP_SERVICE_ACCOUNT', 'TARGET_AUDIENCE_URL', 'AWS_IAM_ROLE_ARN', 'AWS_SESSION_NAME'],
    ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'prefix', 'gcp_service_account', 'target_audience', '-var'],
  ],
  '002: ': ['REGION', 'AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
  '003: ': ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ROLE_ARN', 'AWS_REGION'],
  '004: ': [
    ...['--aws-profile', '--aws-region', '--ecr-registry', '--kube-config', '--namespace', '--secret-name', '--sleep-between-checks'],
    ...['expireyTime', 'enableOCI'],
  ],
}

t.test('the page has a section for each document, with every variable and flag of it', async t => {
  const sections = page.split(/^## /m).slice(1)
  t.equal(sections.length, Object.keys(names).length)
  for (const [start, wanted] of Object.entries(names)) {
    const section = sections.find(one => one.startsWith(start)) ?? ''
    for (const name of wanted) t.match(section, new RegExp(`\`[^\`]*(?<![\\w-])${name}(?![\\w-])`), `${start}${name}`)
  }
})

t.test('each row has an answer, and names a test or a page', async t => {
  t.ok(rows.length > 100)
  t.notMatch(page, /not yet|TODO/i)
  for (const row of rows) {
    const [, about = '', answer = '', shown = ''] = row.split(/(?<!\\) ?\| ?/)
    t.ok(answer.length > 3, about)
    t.match(shown, /\]\(/, about)
  }
})

t.test('each test that the page names exists in its file', async t => {
  const texts = new Map<string, string>()
  let count = 0
  for (const [, path = '', titles = ''] of page.matchAll(/\[([^\]]+\.test\.ts)\]\([^)]+\): ((?:\*[^*]+\*(?:, )?)+)/g)) {
    const text = texts.get(path) ?? (await readFile(new URL(`../${path}`, file), 'utf8'))
    texts.set(path, text)
    for (const [, title = ''] of titles.matchAll(/\*([^*]+)\*/g)) {
      t.ok(text.includes(title), `${path}: ${title}`)
      count++
    }
  }
  t.ok(count > 100)
  t.equal(page.match(/\.test\.ts\]\((?![^)]+\): \*)/g)?.length ?? 0, 0, 'each linked test file has the title of a test')
})
