import { readFile } from 'node:fs/promises'
import { logEvents } from '@ecr-anywhere/cronjob/gcp-sync/run.ts'
import { startEmulator } from '@ecr-anywhere/scripts/aws/emulator.ts'
import { startGoogle } from '@ecr-anywhere/scripts/google/emulator.ts'
import { ecrAnywhere } from '@ecr-anywhere/scripts/testbed/command.ts'
import { settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { version } from '@ecr-anywhere/shared/version.ts'
import { test } from 'tap'
import { parse } from 'yaml'

const read = async (name: string) => parse(await readFile(new URL(`../cloudrun/${name}`, import.meta.url), 'utf8'))
const job = await read('job.yaml')
const { serviceAccountName, containers, maxRetries } = job.spec.template.spec.template.spec
const [container] = containers
const env: Record<string, string> = Object.fromEntries(
  container.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
)

test('the Cloud Run job does its work, as its YAML says', async t => {
  const uniqueId = '100000000000000000001'
  const audience = env.AWS_AUDIENCE ?? ''
  const aws = await startEmulator({
    roles: [{ arn: env.AWS_ROLE_ARN ?? '', iss: 'https://accounts.google.com', aud: uniqueId, oaud: audience, sub: uniqueId }],
  })
  const google = await startGoogle({
    projects: [{ id: env.GCP_PROJECT_ID ?? '', number: '123456789012' }],
    accounts: [{ email: serviceAccountName, uniqueId }],
    machine: { account: serviceAccountName },
    secrets: [{ id: env.GCP_SECRET_NAME ?? '' }],
    repositories: [
      {
        location: env.GCP_LOCATION ?? '',
        id: env.GCP_REPOSITORY_NAME ?? '',
        uri: `https://123456789012.dkr.ecr.${env.AWS_REGION}.amazonaws.com`,
      },
    ],
  })
  t.teardown(() => Promise.all([aws.stop(), google.stop()]))
  const platform = {
    CLOUD_RUN_JOB: job.metadata.name,
    AWS_ENDPOINT_URL: aws.url,
    GOOGLE_ENDPOINT_URL: google.url,
    GCE_METADATA_HOST: google.host,
  }
  const { code, stderr } = await ecrAnywhere(container.args, { ...env, ...platform })
  t.equal(code, 0, stderr)
  t.match(JSON.parse(stderr.trim().split('\n').at(-1) ?? ''), { event: logEvents.succeeded, updated: 1 })
})

test('the Cloud Run job sets the variables of gcp-sync for Cloud Run, and no others', async t => {
  t.strictSame(
    Object.keys(env).filter(name => !(name in settingsOf['gcp-sync'].shape)),
    [],
  )
  t.notOk('AWS_OIDC_TOKEN_PATH' in env)
  t.equal(maxRetries, 0)
  t.ok(container.image.endsWith(`:${version}`))
})

test('Cloud Scheduler starts this job', async t => {
  const flags = await read('scheduler.yaml')
  const { name } = job.metadata
  t.equal(flags['--uri'], `https://run.googleapis.com/v2/projects/${env.GCP_PROJECT_ID}/locations/${flags['--location']}/jobs/${name}:run`)
})

test('the alert finds the last line of a failed run', async t => {
  const { conditions } = await read('alert.yaml')
  t.match(conditions[0].conditionMatchedLog.filter, `jsonPayload.event="${logEvents.failed}"`)
  t.match(conditions[0].conditionMatchedLog.filter, `resource.labels.job_name="${job.metadata.name}"`)
})
