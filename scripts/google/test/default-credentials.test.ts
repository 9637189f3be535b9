import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GoogleAuth } from 'google-auth-library'
import t from 'tap'
import { cloudPlatform } from '../apis.ts'
import { googleAuth, googleFor, secretManagerClient, secretName, syncer } from './world.ts'

const scopes = [cloudPlatform]

t.test("Google's own authentication gets default credentials from the metadata server.", async t => {
  const google = await googleFor(t, { machine: { account: syncer.email } })
  process.env.GCE_METADATA_HOST = google.host
  process.env.HOME = t.testdir()
  t.teardown(() => delete process.env.GCE_METADATA_HOST)
  const auth = new GoogleAuth({ scopes })
  const client = await auth.getClient()
  t.equal(client.constructor.name, 'Compute')
  t.equal(await auth.getProjectId(), 'my-project')
  t.equal((await auth.getCredentials()).client_email, syncer.email)
  const { data } = await client.request<{ state: string }>({ url: `${google.url}/v1/${secretName}/versions/2` })
  t.equal(data.state, 'ENABLED')
  t.equal(google.calls().last.at(-1)?.account, syncer.email)
})

t.test("Google's own authentication gets default credentials from the key file of a service account.", async t => {
  const google = await googleFor(t)
  const keyFilename = join(t.testdir(), 'key.json')
  await writeFile(keyFilename, JSON.stringify(google.serviceAccountFile(syncer.email)))
  const client = await googleAuth(google, { keyFilename, scopes }).getClient()
  t.equal(client.constructor.name, 'JWT')
  const { data } = await client.request<{ state: string }>({ url: `https://secretmanager.googleapis.com/v1/${secretName}/versions/2` })
  t.equal(data.state, 'ENABLED')
  t.equal(google.calls().counts['oauth2.jwt-bearer'], 1)
  await rm(keyFilename)
})

t.test("Google's own client signs its requests itself if it has the key file of a service account.", async t => {
  const google = await googleFor(t)
  const client = secretManagerClient(google, google.serviceAccountFile(syncer.email))
  t.teardown(() => client.close())
  const [version] = await client.getSecretVersion({ name: `${secretName}/versions/2` })
  t.equal(version.state, 'ENABLED')
  t.equal(google.calls().last.at(-1)?.account, syncer.email)
  t.equal(google.calls().counts['oauth2.jwt-bearer'], undefined)
})

t.test("Google's own authentication gets default credentials from the login of a person, until it is revoked.", async t => {
  const google = await googleFor(t)
  const keyFilename = join(t.testdir(), 'application_default_credentials.json')
  await writeFile(keyFilename, JSON.stringify(google.authorizedUserFile(syncer.email)))
  const client = await googleAuth(google, { keyFilename, scopes }).getClient()
  t.equal(client.constructor.name, 'UserRefreshClient')
  const url = `https://secretmanager.googleapis.com/v1/${secretName}/versions/2`
  t.equal((await client.request<{ state: string }>({ url })).data.state, 'ENABLED')
  google.revokeLogins(syncer.email)
  const again = await googleAuth(google, { keyFilename, scopes }).getClient()
  await t.rejects(again.request({ url }), { message: /invalid_grant/ })
})
