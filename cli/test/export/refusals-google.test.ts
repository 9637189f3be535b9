import t from 'tap'
import { audience, clockAhead, failure, person, serviceAccount, worldFor } from './world.ts'

const world = await worldFor(t)
const { google } = world
const flags = `--gcp-service-account ${serviceAccount.email} --target-audience-url ${audience}`

async function login(): Promise<Record<string, string>> {
  const file = await world.file('user.json', JSON.stringify(google.authorizedUserFile(person.email)))
  return { ...world.env('google'), GOOGLE_APPLICATION_CREDENTIALS: file }
}

interface Case {
  about: string
  before?: () => void
  env?: Record<string, string>
  flags?: string
  sentences: RegExp[]
}

const cases: Case[] = [
  {
    about: 'the identity may not sign as the service account',
    before: () => google.putAccount({ ...person, lacks: ['iam.serviceAccounts.signJwt'] }),
    sentences: [
      /found that Google signs no JWT as ci@my-project.iam.gserviceaccount.com \(IAM Credentials signJwt\): HTTP 403, IAM_PERMISSION_DENIED, /,
      /wanted the permission iam.serviceAccounts.signJwt on ci@my-project/,
      /Grant roles\/iam.serviceAccountTokenCreator on it: gcloud iam service-accounts add-iam-policy-binding ci@my-project/,
    ],
  },
  {
    about: 'the service account does not exist',
    flags: `--gcp-service-account nobody@my-project.iam.gserviceaccount.com --target-audience-url ${audience}`,
    sentences: [
      /Google signs no JWT as nobody@my-project.*HTTP 404, NOT_FOUND/,
      /There is no such service account: correct --gcp-service-account/,
    ],
  },
  {
    about: 'the API is not enabled',
    before: () => google.fault({ fault: 'service-disabled', api: 'iamcredentials' }),
    sentences: [
      /Google signs no JWT as .*SERVICE_DISABLED/,
      /Enable the API: https:\/\/console\.developers\.google\.com\/apis\/api\/iamcredentials\.googleapis\.com\/overview\?project=123456789012\./,
    ],
  },
  {
    about: 'Google does not accept the access token',
    before: () => google.fault({ fault: 'unauthenticated', api: 'iamcredentials' }),
    sentences: [/Google signs no JWT as .*HTTP 401, /, /Are the Google credentials valid, and is this machine's clock correct\?/],
  },
  {
    about: 'Google is unavailable',
    before: () => google.fault({ fault: 'unavailable', api: 'iamcredentials' }),
    sentences: [/Google signs no JWT as .*HTTP 503, UNAVAILABLE/, /It was retried/],
  },
  {
    about: 'a proxy answers instead',
    before: () => google.fault({ fault: 'bad-gateway', api: 'iamcredentials' }),
    sentences: [/Google signs no JWT as .*: HTTP 502, HTTP502;|Google signs no JWT as .*: HTTP 502;/],
  },
  {
    about: 'the signed JWT is not exchanged',
    before: () => google.fault({ fault: 'invalid-grant', api: 'oauth2', method: 'jwt-bearer' }),
    sentences: [
      /Google gives no identity token for the signed JWT with iss "ci@my-project.iam.gserviceaccount.com", aud "https:\/\/www.googleapis.com\/oauth2\/v4\/token", target_audience "https:\/\/aws.example.com", iat \d{4}-.*, exp \d{4}-.*: HTTP 400, invalid_grant/,
      /Check that the service account is enabled, the target audience, and the clock/,
    ],
  },
  {
    about: "this machine's clock is 3 hours ahead",
    env: clockAhead(3),
    sentences: [
      /HTTP 400, invalid_grant, .*; this machine's clock is (?:3h|2h59m59s|3h1s) ahead of Google's; .* Set this machine's clock \(NTP\)\.$/m,
    ],
  },
  {
    about: "this machine's clock is 20 hours behind",
    env: clockAhead(-20),
    sentences: [
      /Google signs no JWT as .*HTTP 400, .*; this machine's clock is (?:20h|19h59m59s|20h1s) behind Google's; .* Set this machine's clock/,
    ],
  },
  {
    about: 'the login was revoked',
    before: () => google.revokeLogins(person.email),
    sentences: [
      /found that Google refuses the credentials of this environment \(.*user\.json\): HTTP 400, invalid_grant/,
      /gcloud auth application-default login/,
    ],
  },
  {
    about: 'Google cannot be reached',
    env: { GOOGLE_ENDPOINT_URL: 'http://127.0.0.1:1' },
    sentences: [/found ECONNREFUSED from 127\.0\.0\.1:1/, /HTTPS_PROXY/],
  },
]

for (const { about, before = () => {}, env = {}, flags: given = flags, sentences } of cases) {
  t.test(`${about}: the sentence says that it was Google, and what to do`, async t => {
    const known = await login()
    t.teardown(() => {
      google.heal()
      google.putAccount(person)
    })
    before()
    const text = await failure(t, world, { flags: given, env: { ...known, ...env } })
    for (const sentence of sentences) t.match(text, sentence)
  })
}

t.test('there are no credentials of Google: exit code 2', async t => {
  const text = await failure(t, world, { flags, env: world.env('google'), code: 2 })
  t.match(text, /found no Google credentials: .*gcloud auth application-default login/)
})
