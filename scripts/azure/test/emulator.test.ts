import t from 'tap'
import { decodeJwt, encodeJwt } from '../../google/jwt.ts'
import { startAzure } from '../emulator.ts'

const federated = { issuer: 'https://oidc.example/', subject: 'system:serviceaccount:ci:push' }
const identity = { clientId: 'c1', objectId: 'o1', federated }
const azure = await startAzure({ tenantId: 't1', resources: ['api://aws'], identities: [identity] })
t.teardown(azure.stop)

const imds = async (query: string, headers: Record<string, string> = { Metadata: 'true' }) => {
  const answer = await fetch(`${azure.url}/metadata/identity/oauth2/token?api-version=2018-02-01&${query}`, { headers })
  return (await answer.json()) as Record<string, string>
}

t.test('the metadata service gives a token of the machine, and fails as Azure does', async t => {
  const { access_token: token = '' } = await imds('resource=api://aws')
  t.match(decodeJwt(token)?.claims, { iss: 'https://sts.windows.net/t1/', sub: 'o1', aud: 'api://aws', appid: 'c1' })
  t.match(await imds('resource=api://aws', {}), { error: 'invalid_request', error_description: 'Required metadata header not specified' })
  t.match(await imds('resource=api://aws&client_id=x'), { error: 'invalid_request', error_description: 'Identity not found' })
  t.match(await imds('resource=api://other'), { error: 'invalid_resource', error_description: /^AADSTS500011/ })
})

t.test('Entra exchanges a token of a federated issuer, and no other', async t => {
  const exchange = async (sub: string) => {
    const client_assertion = encodeJwt({ iss: federated.issuer, sub, aud: ['api://AzureADTokenExchange'] })
    const body = new URLSearchParams({ client_id: 'c1', scope: 'api://aws/.default', client_assertion })
    return (await (await fetch(`${azure.url}/t1/oauth2/v2.0/token`, { method: 'POST', body })).json()) as Record<string, string>
  }
  t.match(decodeJwt((await exchange(federated.subject)).access_token ?? '')?.claims, { sub: 'o1', aud: 'api://aws' })
  t.match(await exchange('system:serviceaccount:ci:other'), { error: 'invalid_client', error_description: /^AADSTS700213/ })
})
