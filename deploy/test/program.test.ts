import { readWanted } from '@ecr-anywhere/cronjob/apply-secrets/wanted.ts'
import { merged, podTemplates, render } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { readTenants } from '@ecr-anywhere/shared/tenants.ts'
import { test } from 'tap'
import { variants } from './variants.ts'

/** Variables that the AWS SDK or Node reads, and not the program. */
const foreign = /^(AWS_|HTTPS_PROXY$)/

test('the program reads every environment variable that the chart sets, and accepts its value', async t => {
  for (const [name, values] of Object.entries(variants)) {
    for (const { from, spec } of podTemplates(await render(values))) {
      const { args, env } = spec.containers[0] as { args: [keyof typeof settingsOf]; env: { name: string; value?: string }[] }
      const [subcommand] = args
      const own = env.filter(variable => !foreign.test(variable.name))
      t.strictSame(
        own.filter(variable => !(variable.name in settingsOf[subcommand].shape)),
        [],
        `${name}: ${from}`,
      )
      t.doesNotThrow(() => readSettings(settingsOf[subcommand], Object.fromEntries(own.map(({ name, value }) => [name, value]))), from)
    }
  }
})

test('the limits of durations in the values are the same as in the program', async t => {
  const limits = [
    {
      tokenMaxAge: '1s',
      refresh: { before: '1s' },
      webhook: { shutdownDelay: '0s', shutdownGrace: '1s' },
      certs: { propagate: '1s', reload: '1s' },
      check: { timeout: '1s' },
    },
    {
      tokenMaxAge: '10h59m58s',
      refresh: { before: '1s' },
      webhook: { shutdownDelay: '5m', shutdownGrace: '5m' },
      certs: { propagate: '24h', reload: '24h' },
      check: { timeout: '10m' },
    },
  ]
  for (const values of limits) {
    for (const { from, spec } of podTemplates(await render(merged(variants.least ?? {}, values)))) {
      const { args, env } = spec.containers[0] as { args: [keyof typeof settingsOf]; env: { name: string; value?: string }[] }
      t.doesNotThrow(() => readSettings(settingsOf[args[0]], Object.fromEntries(env.map(({ name, value }) => [name, value]))), from)
    }
  }
})

test('the program can read the tenant and Secret files that the chart renders', async t => {
  const files = async (variant: string) =>
    Object.assign({}, ...(await render(variants[variant] ?? {})).map(({ kind, data }) => (kind === 'ConfigMap' ? data : {}))) as Record<
      string,
      string
    >
  t.strictSame([...readTenants((await files('least'))['tenants.yaml']).keys()], ['default'])
  t.equal(readTenants((await files('tenants'))['tenants.yaml']).size, 4)
  t.equal(readWanted((await files('Secrets and Roles only'))['secrets.yaml'] ?? '').length, 3)
})
