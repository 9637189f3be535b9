import { parseArgs } from 'node:util'
import { startEmulator } from './emulator.ts'

// AWS documentation's example key and account: no secret of anybody.
const user = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  arn: 'arn:aws:iam::123456789012:user/demo',
}
const role = { arn: 'arn:aws:iam::123456789012:role/demo' }

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
const emulator = await startEmulator({
  users: [user],
  roles: [role],
  port: Number(values.port),
})

console.log(`export AWS_ENDPOINT_URL=${emulator.url}
export AWS_ACCESS_KEY_ID=${user.accessKeyId}
export AWS_SECRET_ACCESS_KEY=${user.secretAccessKey}
export AWS_REGION=us-east-1
# A role to assume: ${role.arn}
# Faults: curl -X PUT ${emulator.url}/_emulator/faults -d '[{"fault": "throttling", "api": "ecr"}]' (DELETE heals)
# Calls:  curl ${emulator.url}/_emulator/calls
# Ctrl-C stops it.`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => emulator.stop())
