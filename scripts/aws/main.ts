import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { startEmulator } from './emulator.ts'
import { parsePrincipals } from './principals-file.ts'

// The example key and account of the AWS documentation. They are not secret.
const demo = {
  users: [
    {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      arn: 'arn:aws:iam::123456789012:user/demo',
    },
  ],
  roles: [{ arn: 'arn:aws:iam::123456789012:role/demo' }],
}

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    /** a plain HTTP registry whose images `/v2/` serves */
    upstream: { type: 'string' },
    /** a JSON file {"users": […], "roles": […]} in the format of principals.ts; by default the users of the demo */
    principals: { type: 'string' },
  },
})
const { host, port, upstream, principals } = values
const { users, roles } = principals === undefined ? demo : parsePrincipals(await readFile(principals, 'utf8'))
const emulator = await startEmulator({ users, roles, host, port: Number(port), ...(upstream !== undefined && { upstream }) })
const [user = { accessKeyId: '', secretAccessKey: '' }] = users

console.log(`export AWS_ENDPOINT_URL=${emulator.url}
export AWS_ACCESS_KEY_ID=${user.accessKeyId}
export AWS_SECRET_ACCESS_KEY=${user.secretAccessKey}
export AWS_REGION=us-east-1
# Roles to assume: ${roles.map(({ arn }) => arn).join(' ')}
# Faults: curl -X PUT ${emulator.url}/_emulator/faults -d '[{"fault": "throttling", "api": "ecr"}]' (DELETE heals)
# Calls:  curl ${emulator.url}/_emulator/calls
# Ctrl-C stops it.`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => emulator.stop())
