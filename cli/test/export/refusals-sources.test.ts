import t from 'tap'
import { failure, identity, jwt, worldFor } from './world.ts'

const world = await worldFor(t)
const { github, azure } = world
const imds = { AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.url, TARGET_AUDIENCE_URL: 'api://aws' }
const aks = {
  TARGET_AUDIENCE_URL: 'api://aws',
  AZURE_AUTHORITY_HOST: azure.url,
  AZURE_TENANT_ID: 'c0ffee00-0000-0000-0000-000000000003',
  AZURE_CLIENT_ID: identity.clientId,
  AZURE_FEDERATED_TOKEN_FILE: await world.file(
    'aks.jwt',
    jwt({ iss: 'https://other.example', sub: 'x', aud: 'api://AzureADTokenExchange' }),
  ),
}

const cases: [about: string, flags: string, env: Record<string, string>, sentence: RegExp, code?: number][] = [
  [
    'the request token of the runner is of another job',
    '--source github',
    { ...github.env, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'other' },
    /found HTTP 401 from GitHub's token service at 127\.0\.0\.1:\d+; wanted an identity token for the audience "sts.amazonaws.com"\. .*id-token: write/,
  ],
  [
    'the service of GitHub cannot be reached',
    '--source github',
    { ...github.env, ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1/a' },
    /found ECONNREFUSED from 127\.0\.0\.1:1; wanted an identity token/,
  ],
  [
    'the machine has no such identity',
    '--source azure',
    { ...imds, AZURE_CLIENT_ID: 'other' },
    /that Azure's metadata service refuses a token: HTTP 400, invalid_request, Identity not found; .*managed identity/,
  ],
  [
    'the tenant has no such application',
    '--source azure --target-audience-url api://other',
    imds,
    /metadata service refuses a token: HTTP 400, invalid_resource, AADSTS500011: The resource principal named api:\/\/other was not found in the tenant\.; /,
  ],
  [
    'Entra does not trust the issuer',
    '--source azure',
    aks,
    /that Microsoft Entra refuses a token: HTTP 401, invalid_client, AADSTS700213: No matching federated identity record found .*; .*issuer, subject, audience/,
  ],
  [
    'a token file is missing',
    '--source file --token-file /nowhere/a',
    {},
    /--token-file \(AWS_WEB_IDENTITY_TOKEN_FILE\): found \/nowhere\/a \(ENOENT\)/,
    2,
  ],
  [
    'a token file is empty',
    `--source file --token-file ${await world.file('empty', ' \n')}`,
    {},
    /found an empty file .*; wanted an identity token/,
    2,
  ],
  ['there is nothing on stdin', '--source file --token-file - </dev/null', {}, /found nothing on stdin/, 2],
  ['there is no cluster', '--source kubernetes --service-account a/b', { HOME: '/nowhere' }, /found no usable cluster/, 2],
  [
    'the CA of AWS_CA_BUNDLE is missing',
    '--source github',
    { ...github.env, AWS_CA_BUNDLE: '/nowhere/ca' },
    /AWS_CA_BUNDLE: found \/nowhere\/ca \(ENOENT\)/,
    2,
  ],
]

for (const [about, flags, env, sentence, code = 1] of cases) {
  t.test(`${about}: exit code ${code}, and the sentence names the side`, async t => {
    t.match(await failure(t, world, { flags, env: { ...world.env('github'), ...env }, code }), sentence)
  })
}

t.test('what AWS answers is not printed if it would break out of its quotes', async t => {
  const env = { ...world.env('github'), ...github.env }
  world.aws.fault({ fault: 'malformed', api: 'sts' })
  t.teardown(() => world.aws.heal())
  t.match(await failure(t, world, { flags: '--source github', env }), /MalformedResponse from sts:AssumeRoleWithWebIdentity/)
})
