import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import type { TenantState } from '../../src/tenants/tenant-state.ts'
import { decode, secret } from './secrets.ts'
import { answer, awsWorld } from './world.ts'

const managed = withLabels({ [labels.managed]: 'true', [labels.probe]: 'true' })
const plain = { ...withLabels({ [labels.probe]: 'default' }), type: 'Opaque', data: undefined }
const cause = 'found AccessDeniedException from ECR in us-east-1 for tenant default; wanted a token. Allow ecr:GetAuthorizationToken.'
const failed = (definitive: boolean): TenantState => ({ state: 'failed', code: 'AccessDeniedException', cause, definitive })
const world = (state: TenantState) => awsWorld({ tenantState: () => state })

for (const [about, object] of [
  ['a managed Secret', managed],
  ['a Secret that is not managed', plain],
] as const) {
  t.test(`a dry run of ${about} with the probe label is answered with the state of the tenant: ok`, async t => {
    const { world: ok, asked } = world({ state: 'ok' })
    const { result, response, warnings, patched } = await answer({ object, dryRun: true }, ok)
    t.equal(result, 'dry_run')
    t.equal(response.allowed, true)
    t.strictSame(warnings, ['ecr-anywhere: check ok: tenant default has a token'])
    t.strictSame(asked, [], 'no token was requested')
    t.notOk(annotations.expiresAt in (patched.metadata.annotations ?? {}))
  })

  t.test(`a dry run of ${about} with the probe label is answered with the state pending, and AWS is called again`, async t => {
    const { world: pending, asked } = world({ state: 'pending' })
    const { response, warnings } = await answer({ object, dryRun: true }, pending)
    t.equal(response.allowed, true)
    t.strictSame(warnings, ['ecr-anywhere: check pending: AWS has not answered for tenant default yet'])
    t.strictSame(asked, ['again'])
  })

  for (const [definitive, code] of [
    [true, 500],
    [false, 503],
  ] as const) {
    t.test(`for ${about} with the probe label, an AWS failure is a denial whose code says whether a retry helps: ${code}`, async t => {
      const { world: failing, asked } = world(failed(definitive))
      const { response } = await answer({ object, dryRun: true }, failing)
      t.match(response, {
        allowed: false,
        status: { code, message: cause, details: { causes: [{ reason: 'AccessDeniedException', message: cause }] } },
      })
      t.strictSame(asked, ['again'])
    })
  }
}

t.test('a ticket is also removed from a probe', async t => {
  const ticket = Buffer.from('ticket')
  const { world: ok } = awsWorld({ tickets: () => new Map([['default', [ticket]]]) })
  for (const object of [managed, plain]) {
    const signed = { ...object, metadata: { ...object.metadata, annotations: { [annotations.attestation]: 'ticket' } } }
    const { response, patched } = await answer({ object: signed, dryRun: true }, ok)
    t.equal(response.allowed, true)
    t.notOk(annotations.attestation in (patched.metadata.annotations ?? {}))
    t.equal((await answer({ object, dryRun: true }, ok)).response.allowed, false, 'a probe without a ticket is denied')
  }
})

t.test('a probe without data gets the empty value of its kind', async t => {
  const { patched } = await answer({ object: { ...managed, data: undefined }, dryRun: true })
  t.strictSame(JSON.parse(decode(patched.data?.['.dockerconfigjson'])), { auths: {} })
})

t.test('any other dry run is allowed whatever the state of the tenant, and does not report it', async t => {
  const { world: failing } = world(failed(true))
  const { response, warnings } = await answer({ object: secret(), dryRun: true }, failing)
  t.equal(response.allowed, true)
  t.strictSame(warnings, ['ecr-anywhere: dry run: no credentials were injected'])
})

t.test('without dry run, the probe label has no effect on a Secret that is not managed', async t => {
  const { world: failing } = world(failed(true))
  const { result, response } = await answer({ object: plain }, failing)
  t.strictSame([result, response.allowed, response.patch], ['skipped', true, undefined])
})

function withLabels(all: Record<string, string>) {
  const made = secret()
  return { ...made, metadata: { ...made.metadata, labels: all } }
}
