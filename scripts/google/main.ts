import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { startGoogle } from './emulator.ts'
import { parseWorld } from './world-file.ts'

// Names of Google's documentation: no project of anybody.
const account = 'gcp-ecr-sync@my-gcp-project-id.iam.gserviceaccount.com'
const demo = {
  projects: [{ id: 'my-gcp-project-id', number: '123456789012' }],
  accounts: [{ email: account }],
  secrets: [{ id: 'ecr-login-password' }],
  repositories: [{ location: 'europe-west1', id: 'my-ecr-remote-repo', uri: 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com' }],
  machine: { account },
}

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    /** a JSON file {"projects": […], "accounts": […], "secrets": […], "repositories": […], "machine": {…}}, as GoogleOptions has them */
    world: { type: 'string' },
  },
})
const { host, port } = values
const world = values.world === undefined ? demo : parseWorld(await readFile(values.world, 'utf8'))
const google = await startGoogle({ ...world, host, port: Number(port) })
const { projects: [project] = [], secrets: [secret] = [], repositories: [repository] = [] } = world

console.log(`export GOOGLE_ENDPOINT_URL=${google.url}
export GCE_METADATA_HOST=${google.host}
export GCP_PROJECT_ID=${project?.id ?? ''}
export GCP_LOCATION=${repository?.location ?? ''}
export GCP_SECRET_NAME=${secret?.id ?? ''}
export GCP_REPOSITORY_NAME=${repository?.id ?? ''}
# Accounts: ${world.accounts?.map(({ email }) => email).join(' ')}
# Faults: curl -X PUT ${google.url}/_emulator/faults -d '[{"fault": "unavailable", "api": "secretmanager", "times": 2}]' (DELETE heals)
# Calls:  curl ${google.url}/_emulator/calls
# Ctrl-C stops it.`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => google.stop())
