import t from 'tap'
import { audience, clockAhead, failure, gitlab, job, jwt, person, roleArn, serviceAccount, worldFor } from './world.ts'

const world = await worldFor(t)
const { aws, google, github } = world
aws.addRole({ arn: roleArn('no-ecr'), denyEcr: true })
const provider = 'arn:aws:iam::111122223333:oidc-provider'

const login = await world.file('user.json', JSON.stringify(google.authorizedUserFile(person.email)))
const googleEnv = { GOOGLE_APPLICATION_CREDENTIALS: login }
const googleFlags = (url: string) => `--gcp-service-account ${serviceAccount.email} --target-audience-url ${url}`
const seconds = (hours: number) => Math.floor(Date.now() / 1000) + hours * 3600
const file = (name: string, claims: object) => world.file(name, jwt({ ...gitlab, ...claims }))

interface Case {
  about: string
  role: string
  flags: string
  env?: Record<string, string>
  before?: () => void
  sentences: RegExp[]
}

const cases: Case[] = [
  {
    about: 'the audience is not the one in the trust policy for Google',
    role: 'google',
    flags: googleFlags('https://other.example.com'),
    env: googleEnv,
    sentences: [
      /found that AWS refuses the token: AccessDenied from sts:AssumeRoleWithWebIdentity in eu-west-1 \(role arn:aws:iam::111122223333:role\/google\)/,
      /for a token with iss "https:\/\/accounts.google.com", sub "112233445566778899001", aud "https:\/\/other.example.com", azp "ci@my-project/,
      /wanted a role whose trust policy allows sts:AssumeRoleWithWebIdentity to the principal accounts.google.com, and whose conditions, if they use these keys, are accounts.google.com:aud = "ci@my-project.iam.gserviceaccount.com", accounts.google.com:oaud = "https:\/\/other.example.com", accounts.google.com:sub = "112233445566778899001"/,
    ],
  },
  {
    about: 'the role does not exist',
    role: 'nobody',
    flags: googleFlags(audience),
    env: googleEnv,
    sentences: [/AccessDenied from .*role\/nobody/, /AWS also answers this for a role that does not exist\.$/m],
  },
  {
    about: 'the service account is not the one of the trust policy',
    role: 'google',
    flags: `--gcp-service-account other@my-project.iam.gserviceaccount.com --target-audience-url ${audience}`,
    env: googleEnv,
    before: () => google.putAccount({ email: 'other@my-project.iam.gserviceaccount.com' }),
    sentences: [
      /AWS refuses the token: InvalidIdentityToken/,
      /azp "other@my-project/,
      /wanted a valid token of Google with accounts.google.com:aud = "other@/,
    ],
  },
  {
    about: 'the branch of the GitHub job is not the one of the trust policy',
    role: 'github',
    flags: '--source github',
    env: github.env,
    before: () => github.setJob({ ...job, ref: 'refs/heads/fork' }),
    sentences: [
      /AccessDenied.*for a token with iss "https:\/\/token.actions.githubusercontent.com", sub "repo:octo\/app:ref:refs\/heads\/fork", aud "sts.amazonaws.com";/,
      /principal arn:aws:iam::111122223333:oidc-provider\/token.actions.githubusercontent.com, .*token.actions.githubusercontent.com:sub = "repo:octo\/app:ref:refs\/heads\/fork"/,
    ],
  },
  {
    about: 'the OIDC provider does not have the audience',
    role: 'github',
    flags: '--source github --target-audience-url api://other',
    env: github.env,
    sentences: [
      /AWS refuses the token: InvalidIdentityToken from .*aud "api:\/\/other"/,
      new RegExp(
        `wanted the OIDC provider ${provider}/token.actions.githubusercontent.com, with "api://other" among its audiences \\(client IDs\\)`,
      ),
    ],
  },
  {
    about: 'the account has no OIDC provider for the issuer',
    role: 'gitlab',
    flags: `--source file --token-file ${await file('issuer.jwt', { iss: 'https://gitlab.example.com' })}`,
    sentences: [
      new RegExp(`InvalidIdentityToken.*wanted the OIDC provider ${provider}/gitlab.example.com, .* Create the provider, or add`),
    ],
  },
  {
    about: 'the token has expired',
    role: 'gitlab',
    flags: `--source file --token-file ${await file('expired.jwt', { iat: seconds(-2), exp: seconds(-1) })}`,
    sentences: [
      /AWS refuses the token: ExpiredToken from /,
      /wanted a token that has not expired \(issued \d{4}-.*Z, expires .*Z; this machine's clock: .*Z\)\. Get a new token/,
    ],
  },
  {
    about: "the token has expired by AWS's clock alone",
    role: 'gitlab',
    flags: `--source file --token-file ${await file('clock.jwt', { iat: seconds(-2), exp: seconds(-1) })}`,
    env: clockAhead(-3),
    sentences: [
      /AWS refuses the token: ExpiredToken from /,
      /By this machine's clock it is valid, so the clock is wrong, or the issuer's is: set it \(NTP\)/,
    ],
  },
  {
    about: 'the issuer has revoked the token',
    role: 'revoked',
    flags: `--source file --token-file ${await file('revoked.jwt', {})}`,
    sentences: [/AWS refuses the token: IDPRejectedClaim from /, /Get a new token/],
  },
  {
    about: 'the role allows no session of this length',
    role: 'short',
    flags: `--source file --token-file ${await file('short.jwt', {})} --duration 2h`,
    sentences: [
      /AWS refuses the token: ValidationError from /,
      /at most the role's maximum session duration, found 7200 s\. Shorten --duration, or raise/,
    ],
  },
  {
    about: 'the file holds something else',
    role: 'gitlab',
    flags: `--source file --token-file ${await world.file('other.jwt', 'hunter2')}`,
    sentences: [/found a text of 7 characters from the source file; wanted an identity token: a JWT/],
  },
  {
    about: 'the role may not use ECR',
    role: 'no-ecr',
    flags: `--source file --token-file ${await file('ecr.jwt', {})} --format docker-login`,
    sentences: [
      /found AccessDeniedException from ecr:GetAuthorizationToken in eu-west-1 \(role .*no-ecr\); .* Allow ecr:GetAuthorizationToken on \* to arn:aws:iam::111122223333:role\/no-ecr\./,
    ],
  },
  {
    about: 'AWS limits the calls',
    role: 'gitlab',
    flags: `--source file --token-file ${await file('limit.jwt', {})}`,
    before: () => aws.fault({ fault: 'throttling', api: 'sts' }),
    sentences: [/found Throttling from sts:AssumeRoleWithWebIdentity/, /try again later/],
  },
  {
    about: 'AWS cannot be reached',
    role: 'gitlab',
    flags: `--source file --token-file ${await file('reach.jwt', {})}`,
    env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
    sentences: [/found ECONNREFUSED from sts:AssumeRoleWithWebIdentity in eu-west-1/, /Can this machine reach AWS/],
  },
]

for (const { about, role, flags, env = {}, before = () => {}, sentences } of cases) {
  t.test(`${about}: the sentence shows the claims and what AWS expects`, async t => {
    t.teardown(() => {
      aws.heal()
      github.setJob(job)
    })
    before()
    const text = await failure(t, world, { flags, env: { ...world.env(role), ...env } })
    for (const sentence of sentences) t.match(text, sentence)
    t.notMatch(text, 'hunter2')
  })
}
