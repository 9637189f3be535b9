import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { admit } from '../../src/admission/admit.ts'
import { encode, host, injectedSecret, otherHost, secret, type WireSecret } from '../admission/secrets.ts'
import { awsWorld, review, type TestRequest } from '../admission/world.ts'

const password = 'hunter2'
const argo = (fields: Record<string, string>, kind = 'repository', type = 'Opaque'): WireSecret => ({
  ...secret({ type }),
  metadata: { name: 'a', namespace: 'b', labels: { [labels.managed]: 'true', 'argocd.argoproj.io/secret-type': kind } },
  data: Object.fromEntries(Object.entries(fields).map(([key, text]) => [key, encode(text)])),
})
const helm = { type: 'helm', enableOCI: 'true', url: `${host}/` }
const requesting = (registries: string) => ({ object: secret({ notes: { [annotations.registries]: registries } }) })
const labelled = (more: Record<string, string>) => {
  const { metadata, ...rest } = injectedSecret()
  return { ...rest, metadata: { ...metadata, labels: { ...metadata.labels, ...more } } }
}

/** Places into which a user could type a password by mistake. */
const places: Record<string, TestRequest> = {
  'registries: a URL': requesting(`https://AWS:${password}@${host}`),
  'registries: a URL of another registry': requesting(`https://AWS:${password}@ghcr.io/${password}`),
  'registries: a URL in a list': requesting(`${host},https://AWS:${password}@${otherHost}/a?b=${password}`),
  'registries: a URL whose password has a comma': requesting(`https://AWS:a,${password}@${host}`),
  'registries: a URL whose password has a slash': requesting(`https://AWS:a/${password}@${host}`),
  'registries: user and password': requesting(`AWS:${password}`),
  'registries: only a password': requesting(password),
  'registries: a path': requesting(`${host}/${password}`),
  'registries: a command': requesting(`docker login -u AWS -p ${password} ${host}`),
  'registries: a password as a port': requesting(`111122223333.dkr.ecr.us-east-1.amazonaws.com:${password}`),
  'registries: twenty URLs': requesting(Array.from({ length: 20 }, (_, at) => `https://${at}:${password}@${host}`).join()),
  'registries: many URLs': requesting(Array.from({ length: 30 }, (_, at) => `https://${at}:${password}@${host}`).join()),
  'the type': { object: secret({ type: password }) },
  'a type with a known beginning': { object: secret({ type: `kubernetes.io/${password}` }) },
  'the value of the label managed': { object: labelled({ [labels.managed]: password }) },
  'the value of the label probe': { object: labelled({ [labels.probe]: password }) },
  "the value of Argo CD's label": { object: argo(helm, password) },
  "the value of Argo CD's label, with basic-auth": { object: argo(helm, password, 'kubernetes.io/basic-auth') },
  'url: user and password': { object: argo({ ...helm, url: `oci://AWS:${password}@${host}/a` }) },
  'url: only a password': { object: argo({ ...helm, url: password }) },
  'url: a host': { object: argo({ ...helm, url: `oci://${password}.example/` }) },
  'url: a query': { object: argo({ ...helm, url: `oci://${host}/?${password}` }) },
  'url: repo-creds': { object: argo({ ...helm, url: `oci://AWS:${password}@${host}` }, 'repo-creds') },
  'url: an annotation beside it': {
    object: {
      ...argo(helm),
      metadata: { ...argo(helm).metadata, annotations: { [annotations.registries]: `https://${password}@ghcr.io` } },
    },
  },
  'type of Argo CD': { object: argo({ ...helm, type: password }) },
  'enableOCI of Argo CD': { object: argo({ ...helm, enableOCI: password }) },
  'content that is no docker config': { object: secret({ data: { '.dockerconfigjson': encode(password) } }) },
  'content that is too deep': { object: secret({ data: { '.dockerconfigjson': encode(`{"${password}":${'['.repeat(100)}`) } }) },
  'a credential helper': {
    object: secret({ data: { '.dockerconfigjson': encode(`{"credsStore":"${password}","credHelpers":{"${host}":"${password}"}}`) } }),
  },
  'a login under an alias of the registry': {
    object: secret({ data: { '.dockerconfigjson': encode(`{"auths":{"https://AWS:${password}@${host}":{}}}`) } }),
  },
  'injected_registries of the old object': {
    object: secret(),
    oldObject: injectedSecret({ notes: { [annotations.injectedRegistries]: `https://AWS:${password}@${host}` } }),
  },
  'expires_at and updated_at': {
    object: secret(),
    oldObject: injectedSecret({ notes: { [annotations.expiresAt]: password, [annotations.updatedAt]: password } }),
  },
  'the mark': { object: injectedSecret({ notes: { [annotations.markedForUpdateAt]: password } }), oldObject: injectedSecret() },
  'an attestation': { object: secret({ notes: { [annotations.attestation]: password } }) },
  'an immutable Secret': { object: secret({ immutable: true, data: { a: encode(password) } }) },
  'data of another kind': { object: { ...secret(), data: [password] } },
  'the kind': { object: { ...secret(), kind: password } },
  'the operation': { object: secret(), operation: password },
}

for (const [about, asked] of Object.entries(places)) {
  t.test(`no denial, warning or log line contains a password that was typed into ${about}`, async t => {
    for (const allowedRegistries of [undefined, ['public.ecr.aws']]) {
      for (const dryRun of [false, true]) {
        const tenant = allowedRegistries === undefined ? {} : { allowedRegistries }
        const { world } = awsWorld({ tenant })
        const { reply, record } = await admit(review({ ...asked, dryRun }), { tenantName: 'default', leftMs: () => 9_000 }, world)
        const { patch: _, ...shown } = reply.response
        t.notMatch(JSON.stringify([shown, record]), password)
      }
    }
  })
}

t.test('no denial or log line contains a password that was typed as the tenant in the path', async t => {
  const { reply, record } = await admit(
    review({ object: secret() }),
    { tenantName: `AWS:${password}@x`, leftMs: () => 9_000 },
    awsWorld().world,
  )
  t.notMatch(JSON.stringify([reply, record]), password)
})
